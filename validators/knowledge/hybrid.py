"""One search by words and by meaning together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from policies.knowledge import NO_SCOPE, Passage
from validators.knowledge.dense import DenseIndex, Query
from validators.knowledge.fuse import fuse

CANDIDATES: Final = 100
"""Passages taken from the words alone. Measured: 400 find nothing that 100 miss."""
NEAR: Final = 32
"""Passages taken from the meaning alone."""
NEAR_ENOUGH: Final = 0.3
"""Cosine below which a passage that shares no word with the query is not about it."""
_WHOLE: Final = 80
_PART: Final = 60


class TextEncoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text, length 1 (0 for a text without words). Blocking."""
        ...


class Ranked(Protocol):
    """A snapshot of the pages with its lexical search."""

    @property
    def passages(self) -> Sequence[Passage]:
        """All passages; their numbers are positions here."""
        ...

    def ranked(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[tuple[int, float]]:
        """Return numbers and scores of the best passages by words, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Searches one snapshot by words and meaning."""

    base: Ranked
    index: DenseIndex
    encoder: TextEncoder

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> tuple[Passage, ...]:
        """Return the best passages, best first. Blocking, milliseconds."""
        if limit <= 0:
            return ()
        lexical = dict(self.base.ranked(query, scope=scope, limit=max(limit, CANDIDATES)))
        similar = self._similar(query, lexical, scope, limit)
        pages = {number: self.base.passages[number].source_id for number in similar}
        best = fuse(lexical, similar, pages)[:limit]
        return tuple(replace(self.base.passages[n], score=score) for n, score in best)

    def _similar(
        self, query: str, lexical: Mapping[int, float], scope: Mapping[str, str], limit: int
    ) -> dict[int, float]:
        vector = self._vector(query)
        if not vector.any():
            return dict.fromkeys(lexical, 0.0)
        near = self.index.nearest(vector, scope=scope, limit=max(limit, NEAR))
        numbers = list(dict.fromkeys((*lexical, *near)))
        cosines = self.index.similarities(vector, numbers).tolist()
        return {
            number: cosine
            for number, cosine in zip(numbers, cosines, strict=True)
            if number in lexical or cosine >= NEAR_ENOUGH
        }

    def _vector(self, query: str) -> Query:
        """Encode a query; of a long one both ends, since the encoder reads only the first."""
        words = query.split()
        whole = len(words) <= _WHOLE
        parts = [query] if whole else [" ".join(words[:_PART]), " ".join(words[-_PART:])]
        vector: Query = self.encoder.encode(parts).sum(axis=0)
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length else vector
