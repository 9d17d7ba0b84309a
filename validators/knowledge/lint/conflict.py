"""When two typed values can't both hold in the same place."""

from dataclasses import dataclass

from validators.grounding.kinds import Bound, Kind, Value, equal

_TINY = 1e-6
_MONTH_DAYS = (28.0, 31.0)
_YEAR_DAYS = (365.0, 366.0)
_BUSINESS = (1.4, 1.4)
_SLACK = 4.0
_SIDE = {Bound.LEAST: 1, Bound.OVER: 1, Bound.MOST: -1, Bound.UNDER: -1, Bound.NONE: 0}
_COMPARED = frozenset(
    {Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.COUNT, Kind.DATE, Kind.TIME, Kind.WEEKDAY}
)
FULL, WEAK = 1.0, 0.6


@dataclass(frozen=True, slots=True)
class _Span:
    low: float
    high: float
    vague: bool = False
    """The span is the uncertainty of a unit, not what the text says."""


def group(value: Value) -> str:
    """Return a key that values share if they may be compared; empty if they never are.

    A number without a unit is left out: it may be a step, a code or part of a name.
    """
    if value.kind not in _COMPARED or (value.kind is Kind.COUNT and not value.unit):
        return ""
    if value.kind is Kind.DURATION:
        return "duration:night" if value.unit == "night" else "duration"
    return f"{value.kind}:{value.unit}" if value.kind in (Kind.COUNT, Kind.MONEY) else value.kind


def agree(a: Value, b: Value) -> bool:
    """Tell whether the two may be one value: the same type, no conflict, not opposite limits."""
    against = _SIDE[a.bound] * _SIDE[b.bound] < 0
    return group(a) == group(b) and not conflict(a, b) and not against


def conflict(a: Value, b: Value) -> float:
    """Return how surely the two disagree where both stand in the same place: 0, 0.6 or 1.

    Values of different groups, a value inside of the other's range or limit, and amounts
    that differ by no more than a unit's length (a month has 28 to 31 days) do not disagree.
    """
    if not group(a) or group(a) != group(b):
        return 0.0
    if a.kind in (Kind.DATE, Kind.WEEKDAY, Kind.TIME):
        return (
            FULL if not equal(a, b) and _apart(_Span(a.low, a.high), _Span(b.low, b.high)) else 0.0
        )
    ours, theirs = _span(a), _span(b)
    if not _apart(ours, theirs):
        same = _near(a.low, b.low) and a.unit == b.unit
        # "Over 50" and "under 50" are two cases of one rule, not two rules.
        return FULL if same and {a.bound, b.bound} == {Bound.LEAST, Bound.MOST} else 0.0
    return _limits(a, b, ours, theirs)


def _limits(a: Value, b: Value, ours: _Span, theirs: _Span) -> float:
    sides = _SIDE[a.bound], _SIDE[b.bound]
    if sides[0] == sides[1]:
        return FULL
    if sides[0] * sides[1] < 0:
        # "At least 3" and "at most 5" are two ends of one rule; the reverse can't be.
        least, most = (ours, theirs) if sides[0] > 0 else (theirs, ours)
        return FULL if least.low > most.high else 0.0
    limit, side, plain = (ours, sides[0], theirs) if sides[0] else (theirs, sides[1], ours)
    beyond = plain.low > limit.high if side < 0 else plain.high < limit.low
    return FULL if beyond else WEAK


def _span(value: Value) -> _Span:
    if value.kind is not Kind.DURATION:
        return _Span(value.low, value.high)
    if value.unit == "month":
        years, months = divmod(value.low, 12)
        if value.low == value.high and not months:
            return _Span(years * _YEAR_DAYS[0], years * _YEAR_DAYS[1], vague=True)
        return _Span(value.low * _MONTH_DAYS[0], value.high * _MONTH_DAYS[1], vague=True)
    if value.unit.startswith("business"):
        factor = _hours(value.unit)
        low, high = value.low * factor, value.high * factor
        return _Span(low, high * _BUSINESS[1] + (_SLACK if factor == 1 else 0.0), vague=True)
    return _Span(value.low, value.high)


def _hours(unit: str) -> float:
    """Return the length in days of a unit of business time."""
    return {"hour": 1 / 24, "hr": 1 / 24, "week": 7.0}.get(unit.removeprefix("business "), 1.0)


def _apart(a: _Span, b: _Span) -> bool:
    """Tell whether neither lies within the other; spans that only overlap are apart."""
    if a.vague and b.vague:
        return not (_near(a.low, b.low) and _near(a.high, b.high))
    if a.vague or b.vague:
        return a.high < b.low - _TINY or b.high < a.low - _TINY
    return not (_within(a, b) or _within(b, a))


def _within(a: _Span, b: _Span) -> bool:
    return b.low - _TINY <= a.low and a.high <= b.high + _TINY


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= _TINY * max(1.0, abs(a), abs(b))
