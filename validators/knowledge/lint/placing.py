"""Do two values stand in the same place? The words around them are aligned."""

from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import LIMITS, Weights

_FRAMED = 0.9
_TITLED = 0.75
_ENOUGH = 1.3
"""Weight of shared words from which they say enough: about two words."""


def same_place(
    a: Statement, near_a: frozenset[str], b: Statement, near_b: frozenset[str], weigh: Weights
) -> float:
    """Return how surely two spots mean the same attribute of the same thing, 0..1.

    `near_a` and `near_b` are the words beside the two values. Each side's words must be
    found with the other; what neither shares is taken for another case.
    """
    there, here = _cover(near_a, a, b, weigh), _cover(near_b, b, a, weigh)
    whole = min(_cover(a.own, a, b, weigh), _cover(b.own, b, a, weigh))
    shared = weigh.sum((near_a & b.own) | (near_b & a.own))
    amount = min(1.0, shared / _ENOUGH)
    return amount * (0.5 * min(there, here) + 0.2 * max(there, here) + 0.3 * whole)


def _cover(words: frozenset[str], own: Statement, other: Statement, weigh: Weights) -> float:
    """Return the weighted share of `words` that the other statement or its frame holds."""
    words = words - own.subject - LIMITS
    total = weigh.sum(words)
    if not total:
        return 0.0
    titled = other.unit.title.concepts
    found = 0.0
    for word in words:
        if word in other.own:
            found += weigh(word)
        elif word in other.framed:
            found += _FRAMED * weigh(word)
        elif word in titled:
            found += _TITLED * weigh(word)
    return found / total
