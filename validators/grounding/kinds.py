"""What a typed value is and when two of them agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The type of a value; only values of one kind and unit are compared."""

    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    DURATION = "duration"
    DATE = "date"
    TIME = "time"
    WEEKDAY = "weekday"
    ADDRESS = "address"
    """A phone number, web address or e-mail address."""


class Bound(StrEnum):
    """Which side of the number the text speaks about."""

    NONE = ""
    LEAST = "at least"
    MOST = "at most"
    OVER = "more than"
    UNDER = "less than"


_SIDE = {Bound.LEAST: 1, Bound.OVER: 1, Bound.MOST: -1, Bound.UNDER: -1, Bound.NONE: 0}
_QUANTITIES = (Kind.COUNT, Kind.MONEY, Kind.PERCENT, Kind.DURATION)
_TINY = 1e-6
_HALF_DAY = 720.0
"""Minutes: "half past three" does not say which half of the day, its unit is `12`."""
_MONTH_DAYS = 30.4
_CLEAR = 0.1
_WEEK, _QUARTER = 7, 91
"""Days."""
_CLOSE = 0.005
_SMALL = 5
_DOZENS = 60


@dataclass(frozen=True, slots=True)
class Value:
    """One value, normalised."""

    kind: Kind
    low: float
    high: float
    """Equal to `low` unless the text gives a range."""
    unit: str
    """Currency, `day`, `month`, `business day`, the noun of a count, or the address itself."""
    start: int
    end: int
    bound: Bound = Bound.NONE
    spelled: bool = False


def comparable(a: Value, b: Value) -> bool:
    """Tell whether the two could stand in the same place."""
    if a.kind is not b.kind:
        return False
    if a.kind is Kind.DURATION:
        return a.unit == b.unit or {a.unit, b.unit} == {"day", "business day"}
    if a.kind is Kind.COUNT:
        return a.unit == b.unit or not (a.unit and b.unit)
    if a.kind is Kind.MONEY:
        return a.unit == b.unit or not (a.unit and b.unit)
    return True


def equal(claim: Value, evidence: Value) -> bool:
    """Tell whether the claim states what the evidence states.

    A claim may name one end of a range; a range or day must lie within the evidence's.
    """
    if _unitless(claim, evidence):
        return _near(claim.low, evidence.low) or _near(claim.high, evidence.high)
    if _same_span(claim, evidence):
        return True
    return _same(claim, evidence)


def _same(claim: Value, evidence: Value) -> bool:
    if not comparable(claim, evidence) or not _same_unit(claim, evidence):
        return False
    if claim.kind is Kind.TIME and "12" in (claim.unit, evidence.unit):
        return _near(claim.low % _HALF_DAY, evidence.low % _HALF_DAY)
    if claim.kind is Kind.WEEKDAY:
        return evidence.low <= claim.low and claim.high <= evidence.high
    if claim.low == claim.high:
        return _near(claim.low, evidence.low) or _near(claim.low, evidence.high)
    return _near(claim.low, evidence.low) and _near(claim.high, evidence.high)


def _unitless(claim: Value, evidence: Value) -> bool:
    """Pages often leave a unit to the heading, so a bare number may stand for any quantity."""
    if claim.kind is Kind.COUNT:
        return evidence.kind in _QUANTITIES
    return evidence.kind is Kind.COUNT and not evidence.unit and claim.kind in _QUANTITIES


def _same_span(a: Value, b: Value) -> bool:
    """Tell whether whole weeks make up months, as 26 weeks and half a year do."""
    if a.kind is not Kind.DURATION or b.kind is not Kind.DURATION or a.low != a.high:
        return False
    days, months = (a, b) if a.unit == "day" else (b, a)
    if (days.unit, months.unit) != ("day", "month") or b.low != b.high:
        return False
    whole = days.low >= _QUARTER and not days.low % _WEEK
    return whole and abs(days.low - months.low * _MONTH_DAYS) <= _CLOSE * days.low


def _same_unit(claim: Value, evidence: Value) -> bool:
    if claim.kind is Kind.DATE:
        return not (claim.unit and evidence.unit) or claim.unit == evidence.unit
    return claim.unit == evidence.unit or claim.kind not in (Kind.DURATION, Kind.ADDRESS)


def opposed(claim: Value, evidence: Value) -> bool:
    """Tell whether equal values are limits on opposite sides: at least against at most.

    "After 30 days" may be the other half of "within 30 days", so it is opposed to nothing.
    """
    return {claim.bound, evidence.bound} == {Bound.LEAST, Bound.MOST}


def excludes(evidence: Value, claim: Value) -> bool:
    """Tell whether the evidence names one plain value, so that another one contradicts it.

    A limit or a range does not: a claim about a case within or beyond it is an example.
    """
    if evidence.low != evidence.high:
        return claim.low != claim.high
    return evidence.bound is Bound.NONE or _SIDE[evidence.bound] == _SIDE[claim.bound]


def derived(value: Value, given: Sequence[Value], known: Sequence[Value]) -> bool:
    """Tell whether a value can be computed from one that was given and a known one.

    Given are the customer's values and the claim's own others: "two at $3 make six dollars".
    Sums, differences, products with a count and shares by percentage are tried.
    """
    if value.kind not in (Kind.MONEY, Kind.COUNT, Kind.PERCENT, Kind.DURATION) or not value.low:
        return False
    if value.kind is Kind.MONEY and value.low >= _SMALL and _chained(value, given, known):
        return True
    return any(
        _near(value.low, result)
        for a in given
        if a is not value
        for b in known
        if b is not value and b is not a
        for result in _results(value, a, b)
    )


def _chained(value: Value, given: Sequence[Value], known: Sequence[Value]) -> bool:
    """Tell whether an amount is a sum of two known ones, the second times a given number."""
    amounts = [*{v.low: v for v in known if v.kind is Kind.MONEY and v.unit == value.unit}]
    times = {1.0, *(v.low for v in given if v.kind is Kind.COUNT and 1 < v.low <= _DOZENS)}
    return any(
        _near(value.low, a + b * n)
        for a in amounts
        for b in amounts
        for n in times
        if a != b or n > 1
    )


def _results(value: Value, a: Value, b: Value) -> Iterator[float]:
    ours = (value.kind, value.unit)
    if (a.kind, a.unit) == (b.kind, b.unit) == ours:
        yield from (a.low + b.low, abs(a.low - b.low))
    for amount, factor in ((a, b), (b, a)):
        if (amount.kind, amount.unit) == ours and factor.kind is Kind.PERCENT:
            yield from (amount.low * factor.low / 100, amount.low * (1 - factor.low / 100))
        elif (amount.kind, amount.unit) == ours and factor.kind is not value.kind:
            yield amount.low * factor.low


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= _TINY * max(1.0, abs(a), abs(b))


def side(ours: Value, theirs: Value) -> int | None:
    """Return -1, 0 or 1: `ours` is less than, equal to or more than `theirs`; None if unknown.

    Days and months are compared where the difference is clear, as a careful reader would.
    """
    if equal(ours, theirs):
        return 0
    if comparable(ours, theirs):
        a, b, slack = ours.low, theirs.low, 0.0
    elif ours.kind is theirs.kind is Kind.DURATION:
        (a, b), slack = (_days(ours), _days(theirs)), _CLEAR
    else:
        return None
    if ours.kind in (Kind.ADDRESS, Kind.WEEKDAY) or abs(a - b) <= slack * max(a, b):
        return None
    if b < a <= theirs.high:
        return None
    return 1 if a > b else -1


def _days(value: Value) -> float:
    if value.unit == "month":
        return value.low * _MONTH_DAYS
    return value.low * 7 / 5 if value.unit == "business day" else value.low
