"""Do two values disagree, given what else their sentences count?"""

from validators.grounding.kinds import Bound, Value
from validators.knowledge.lint.conflict import agree, conflict
from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import Weights

_ONE_SIDED = 0.85
_SAME_PLACE = 0.75


def values_apart(a: Statement, one: Value, b: Statement, two: Value) -> float:
    """Return how surely two values disagree, given what else the sentences count: 0..1."""
    found = conflict(one, two)
    if not found or _agrees(one, b) or _agrees(two, a):
        return 0.0
    ours, theirs = a.charged(one), b.charged(two)
    if ours != theirs:
        if ours and theirs:
            return 0.0
        found *= _ONE_SIDED
    if _threshold(one) != _threshold(two) and not _opposite_limits(one, two):
        return 0.0
    return found * _others(a, one, b, two)


def _threshold(value: Value) -> bool:
    """Limits from below open a case ("orders over 50 EUR") rather than state a result."""
    return value.bound in (Bound.OVER, Bound.UNDER)


def _opposite_limits(one: Value, two: Value) -> bool:
    return Bound.NONE not in (one.bound, two.bound)


def _others(a: Statement, one: Value, b: Statement, two: Value) -> float:
    """Return a factor for the other values: a row of a table differs in several at once."""
    ours = [v for v, _ in a.values if v is not one and not _agrees(v, b)]
    theirs = [v for v, _ in b.values if v is not two and not _agrees(v, a)]
    if ours and theirs:
        return 0.0
    return _ONE_SIDED ** len(ours + theirs)


def _agrees(value: Value, other: Statement) -> bool:
    held = (*(v for v, _ in other.values), *other.framed_values)
    return any(agree(value, v) for v in held)


def states(value: Value, near: frozenset[str], s: Statement, weigh: Weights) -> bool:
    """Tell whether a statement holds this value beside the same words."""
    total = weigh.sum(near)
    return any(
        agree(value, v) and weigh.sum(near & (beside | s.own | s.framed)) >= _SAME_PLACE * total
        for v, beside in s.values
    )
