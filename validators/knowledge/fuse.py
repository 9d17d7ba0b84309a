"""Puts what the words found and what the meaning found into one order."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

LEXICAL_SHARE: Final = 0.25
"""Weight of the words; the rest is the meaning's. See `docs/performance.md`."""
REPEAT: Final = 0.05
"""What each further passage of a page loses: five passages shall not be one page."""


def fuse(
    lexical: Mapping[int, float],
    similar: Mapping[int, float],
    pages: Mapping[int, str],
    *,
    share: float = LEXICAL_SHARE,
    repeat: float = REPEAT,
) -> list[tuple[int, float]]:
    """Return passages' numbers with their scores, best first; equal scores by number.

    `lexical` are scores of any scale, taken relative to the best; `similar` are cosines of
    the same passages and possibly more; `pages` names the page of each. This is a
    convex combination (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid
    Retrieval"); it did better than reciprocal rank fusion (Cormack et al. 2009), which
    forgets by how much one passage is nearer than the next.
    """
    best = max(lexical.values(), default=0.0) or 1.0
    alone = {
        number: share * lexical.get(number, 0.0) / best + (1 - share) * cosine
        for number, cosine in similar.items()
    }
    seen = Counter[str]()
    scores: dict[int, float] = {}
    for number in sorted(alone, key=lambda n: (-alone[n], n)):
        scores[number] = alone[number] - repeat * seen[pages[number]]
        seen[pages[number]] += 1
    return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))
