"""How much a word of the pages tells."""

import math
from collections import Counter
from collections.abc import Iterable

from validators.grounding.words import GLUE

_GLUE_WEIGHT = 0.15
_LEAST_WEIGHT = 0.3

LIMITS = frozenset({"minimum", "maximum"})
"""Concepts that a typed value holds as its bound: "at least" reads as a minimum."""


class Weights:
    """Rare words weigh more, words that only join facts little (inverse document frequency)."""

    def __init__(self, found: Iterable[frozenset[str]]) -> None:
        """Count in how many statements each word occurs."""
        counts = Counter[str]()
        total = 0
        for concepts in found:
            counts.update(concepts)
            total += 1
        self._counts = counts
        self._total = total
        self._rarest = math.log(1 + (total + 1) / 1.5)

    def __call__(self, concept: str) -> float:
        """Return the weight of a word, 0..1."""
        if concept in GLUE:
            return _GLUE_WEIGHT
        rarity = math.log(1 + (self._total + 1) / (self._counts[concept] + 0.5)) / self._rarest
        return _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * min(1.0, rarity)

    def sum(self, concepts: Iterable[str]) -> float:
        """Return the weight of several words."""
        return sum(map(self, concepts))
