"""What makes a contradiction doubtful without excluding it, as factors to its confidence."""

import math
from collections.abc import Iterator

from validators.grounding.kinds import Bound
from validators.grounding.marks import Mark
from validators.knowledge.lint.comparable import ends
from validators.knowledge.lint.guards import TOPICS
from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import LIMITS, Weights

_NARROWING = (Mark.PARTIAL, Mark.EXCEPTION, Mark.ONLY, Mark.CONDITION, Mark.HEDGE)
_NARROWED = 0.9
_ONE_SIDED = 0.85
_BOTH_SIDED = 0.5
_NARROWER = 0.6
_NAMED = 0.8
_VAGUE = 0.6
_NEGATED = 0.6
_FOREIGN_TITLE = 0.6


def penalties(a: Statement, b: Statement, weigh: Weights, *, denial: bool = False) -> float:
    """Return a factor 0..1 for what makes the pair doubtful without excluding it.

    Where one side is known to deny the other, its negation is not held against the pair.
    """
    marks = a.reading.marks ^ b.reading.marks
    factor = _NARROWED ** sum(mark in marks for mark in _NARROWING)
    factor *= math.prod(penalty for penalty, doubtful in _doubts(a, b) if doubtful)
    if a.negated != b.negated and not denial:
        factor *= _NEGATED
    if not (a.product and b.product):
        factor *= _title_factor(a, b, weigh)
    return factor * _circumstances(a, b) * _conditions(a, b, weigh) * _conditions(b, a, weigh)


def _doubts(a: Statement, b: Statement) -> Iterator[tuple[float, bool]]:
    yield _NARROWER, _narrower(a, b)
    yield _NARROWER, _narrower(b, a)
    yield _ONE_SIDED, ends(a) != ends(b) and not (_bounded(a) and _bounded(b))
    yield _NAMED, bool(a.named ^ b.named)
    yield _VAGUE, a.open or b.open
    yield _ONE_SIDED, a.page.audience is not b.page.audience


def _narrower(own: Statement, other: Statement) -> bool:
    """Tell whether a word that the title and its sentence share narrows the topic."""
    return bool((own.own & own.unit.title.concepts) - other.all - TOPICS)


def _circumstances(a: Statement, b: Statement) -> float:
    """Return a factor for channels and kinds of dealing that only one side names."""
    ours = a.circumstances - b.circumstances - b.titled_circumstances
    theirs = b.circumstances - a.circumstances - a.titled_circumstances
    if ours and theirs:
        return _BOTH_SIDED
    return _ONE_SIDED if ours or theirs else 1.0


def _bounded(s: Statement) -> bool:
    return any(v.bound is not Bound.NONE for v, _ in s.values)


def _title_factor(a: Statement, b: Statement, weigh: Weights) -> float:
    """Return how far one page's topic is known to the other statement, as a factor 0..1.

    Without the name of a product, the titles are all that tells what "the amount" is.
    """
    shares = []
    for own, other in ((a, b), (b, a)):
        words = own.unit.title.concepts - TOPICS
        total = weigh.sum(words)
        shares.append(weigh.sum(words & other.all) / total if total else 1.0)
    return _FOREIGN_TITLE + (1 - _FOREIGN_TITLE) * max(shares)


def _conditions(own: Statement, other: Statement, weigh: Weights) -> float:
    """Return how far the other side knows the conditions of this one, 0..1."""
    worst = 1.0
    for condition in own.reading.conditions:
        words = condition - own.subject - LIMITS
        total = weigh.sum(words)
        if total:
            worst = min(worst, weigh.sum(words & other.all) / total)
    return worst
