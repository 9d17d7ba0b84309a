"""Statements that can't both be true: the same case with another value, or denied."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from validators.grounding.kinds import Value
from validators.knowledge.lint.apart import states, values_apart
from validators.knowledge.lint.candidates import Spot, pairs
from validators.knowledge.lint.comparable import comparable
from validators.knowledge.lint.conflict import group
from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.doubts import penalties
from validators.knowledge.lint.placing import same_place
from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import Weights

_LEAST = 0.5
_WITHIN_PAGE = 0.75


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements and how surely they disagree."""

    confidence: float
    first: Statement
    second: Statement
    values: tuple[Value, Value] | None
    """The values that differ; None if one side denies what the other says."""


def value_contradictions(
    found: Sequence[Statement], weigh: Weights, deadline: Deadline
) -> list[Contradiction]:
    """Return pairs of statements with different values for the same thing, best first."""
    spots = [
        Spot(n, i, _bucket(s, value), near | s.own | s.framed)
        for n, s in enumerate(found)
        for i, (value, near) in enumerate(s.values)
        if group(value)
    ]
    pages: dict[str, list[Statement]] = defaultdict(list)
    for s in found:
        if s.values:
            pages[s.page.id].append(s)
    best: dict[tuple[object, ...], Contradiction] = {}
    for a, b in pairs(spots, weigh):
        if deadline.passed():
            break
        judged = _judge(found[a.statement], a.value, found[b.statement], b.value, weigh)
        if judged is None or _known_to_both(judged, pages, weigh):
            continue
        key = _key(judged)
        if key not in best or best[key].confidence < judged.confidence:
            best[key] = judged
    return sorted(best.values(), key=lambda c: (-c.confidence, c.first.page.id, c.second.page.id))


def _bucket(s: Statement, value: Value) -> tuple[object, ...]:
    return tuple(sorted(s.page.scope.items())), s.subject, group(value)


def _judge(a: Statement, i: int, b: Statement, j: int, weigh: Weights) -> Contradiction | None:
    (one, near_a), (two, near_b) = a.values[i], b.values[j]
    if a.unit is b.unit or not comparable(a, b):
        return None
    apart = values_apart(a, one, b, two)
    if not apart:
        return None
    fit = same_place(a, near_a, b, near_b, weigh)
    confidence = apart * fit * penalties(a, b, weigh)
    least = _WITHIN_PAGE if a.page.id == b.page.id else _LEAST
    return Contradiction(confidence, a, b, (one, two)) if confidence >= least else None


def _known_to_both(c: Contradiction, pages: dict[str, list[Statement]], weigh: Weights) -> bool:
    """Tell whether one of two pages gives both values: then it tells two cases apart."""
    if c.values is None or c.first.page.id == c.second.page.id:
        return False
    return any(
        states(value, near, s, weigh) for value, near, page in _crossed(c) for s in pages[page]
    )


def _crossed(c: Contradiction) -> Iterator[tuple[Value, frozenset[str], str]]:
    for value, near in c.first.values:
        if c.values and value is c.values[0]:
            yield value, near - c.first.subject, c.second.page.id
    for value, near in c.second.values:
        if c.values and value is c.values[1]:
            yield value, near - c.second.subject, c.first.page.id


def _key(c: Contradiction) -> tuple[object, ...]:
    """One remark for each pair of pages and values, however often the pages repeat them."""
    shown = tuple((v.kind, v.low, v.high, v.unit) for v in c.values or ())
    return c.first.page.id, c.second.page.id, shown
