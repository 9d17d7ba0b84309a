"""Is a value taken from beside the one that the claim should have?

"60 days (faulty goods: 120 days)", prices of two products in a sentence, a table with a column
per plan: the value is on the page, but for something else.
"""

from collections.abc import Iterator, Mapping, Sequence

from validators.grounding.align import Pool, Subject
from validators.grounding.kinds import Kind, Value, comparable, equal
from validators.grounding.passages import Unit
from validators.grounding.segments import Labels, column, number_label
from validators.grounding.words import GLUE

_ASKED = 0.7
_RECENT = 0.4
_NEAR_BEST = 0.75
_CLEARLY = 0.5
_AROUND = 12

_UNLABELLED = (Kind.WEEKDAY, Kind.ADDRESS, Kind.DATE)
_YEARS = range(1000, 2100)

Place = tuple[int, Value, float]
"""Position of a unit, a value in it equal to the claim's, and how well the place fits."""


def misplaced(value: Value, subject: Subject, pool: Pool, places: Sequence[Place]) -> float:
    """Return how clearly the claim names another value's labels and none of its own: 0..1.

    `places` hold an equal value; the kindest of those that fit about as well as the best counts.
    """
    if value.kind in _UNLABELLED or _year(value) or not places:
        return 0.0
    best = max(fit for *_, fit in places)
    said = _said(value, subject)
    gap = 1.0
    for index, held, fit in places:
        if gap and fit >= _NEAR_BEST * best:
            gap = min(gap, _gap(index, held, said, pool))
    return gap


def _year(value: Value) -> bool:
    return value.kind is Kind.COUNT and int(value.low) in _YEARS


def _said(value: Value, subject: Subject) -> Mapping[str, float]:
    """Weigh the labels that a claim mentions: its own words first, then the question's."""
    claim = subject.claim
    own = next((n for v, n in zip(claim.values, claim.near, strict=True) if v is value), Labels())
    figures = {number_label(v): 1.0 for v in claim.values if v is not value}
    if any(comparable(value, v) and not equal(value, v) for v in claim.values):
        return dict.fromkeys(own, 1.0)
    found = dict.fromkeys(subject.recent.concepts, _RECENT)
    for reading in (subject.question, subject.sentence):
        found |= dict.fromkeys(reading.concepts, _ASKED)
        found |= dict.fromkeys(map(number_label, reading.values), _ASKED)
    return found | dict.fromkeys(claim.concepts, 1.0) | figures


def _gap(index: int, held: Value, said: Mapping[str, float], pool: Pool) -> float:
    worst = 0.0
    for ours, theirs in _alternatives(index, held, pool):
        mine, other = _named(ours, said, pool), _named(theirs, said, pool)
        if mine < _CLEARLY * other:
            worst = max(worst, other - mine)
    return worst


def _alternatives(index: int, held: Value, pool: Pool) -> Iterator[tuple[Labels, Labels]]:
    """Yield the labels of a value and of each comparable one beside it or in a row beside it."""
    unit = pool.units[index]
    reading = unit.reading
    mine = next(own for v, own in zip(reading.values, reading.labels, strict=True) if v is held)
    for value, theirs in zip(reading.values, reading.labels, strict=True):
        if comparable(held, value) and not equal(held, value):
            yield mine - theirs, theirs - mine
    if not reading.head:
        return
    place = column(reading.text, held)
    for other in pool.units[max(0, index - _AROUND) : index + _AROUND]:
        if _beside(unit, other) and any(
            comparable(held, v) and not equal(held, v) and column(other.reading.text, v) == place
            for v in other.reading.values
        ):
            yield reading.head - other.reading.head, other.reading.head - reading.head


def _beside(unit: Unit, other: Unit) -> bool:
    """Tell whether two units are rows or items of one table or list."""
    return other is not unit and other.frame is unit.frame and bool(other.reading.head)


def _named(labels: Labels, said: Mapping[str, float], pool: Pool) -> float:
    return max(
        (
            said[c] * (1.0 if c.startswith("=") else pool.weight(c))
            for c in labels
            if c in said and c not in GLUE
        ),
        default=0.0,
    )
