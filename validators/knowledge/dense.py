"""The dense index: how near a query's vector is to the windows of each passage.

A passage is as near as its nearest window. Vectors have 8 bits a number. To look through
all of them, their signs alone are compared first (binary codes by random hyperplanes in
the sense of Charikar 2002, with the axes as hyperplanes), and the best of those exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from policies.knowledge import NO_SCOPE, Passage, applies
from validators.knowledge.vectors import SCALE, Rows

Query = NDArray[np.float32]
Numbers = NDArray[np.intp]

_CODED: Final = 256
"""Windows whose distance is computed exactly after signs were compared."""
MOST_WINDOWS = 150_000
"""With more windows only what the words find is compared: a search must not take long."""
_BITS = 64


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """An immutable index; any number of threads may search it."""

    rows: Rows
    """Of all windows, in the order of the passages."""
    starts: Numbers
    """Where each passage's windows start; one more entry for the end."""
    codes: NDArray[np.uint64]
    """Signs of `rows`, 64 to a number, one row per such number; empty: too many windows."""
    scopes: tuple[Mapping[str, str], ...]
    """The different scopes of passages."""
    scope_of: Numbers
    """Per passage its entry in `scopes`."""

    def similarities(self, query: Query, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the cosine of the nearest window of each passage given by number."""
        chosen = np.asarray(numbers, np.intp)
        if not len(chosen):
            return np.zeros(0, np.float32)
        first = self.starts[chosen]
        sizes = self.starts[chosen + 1] - first
        begins = np.cumsum(sizes) - sizes
        picked = np.repeat(first - begins, sizes) + np.arange(int(sizes.sum()))
        cosines = self.rows[picked].astype(np.float32) @ query / np.float32(SCALE)
        best: NDArray[np.float32] = np.maximum.reduceat(cosines, begins)
        return best

    def nearest(
        self, query: Query, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 32
    ) -> list[int]:
        """Return the numbers of the nearest passages, nearest first, as far as scope allows.

        Nothing for a base of more than `MOST_WINDOWS` windows.
        """
        if not self.codes.size or limit <= 0:
            return []
        distances = np.zeros(self.codes.shape[1], np.uint16)
        for code, part in zip(self.codes, _codes(query[None, :]), strict=True):
            distances += np.bitwise_count(code ^ part)
        allowed = self._allowed(scope)
        if not allowed.all():
            windows_of = np.repeat(allowed, np.diff(self.starts))
            distances[~windows_of] = np.iinfo(np.uint16).max
        most = min(_CODED, len(distances))
        near = np.argpartition(distances, most - 1)[:most]
        passages = np.unique(np.searchsorted(self.starts, near, side="right") - 1)
        passages = passages[allowed[passages]]
        order = np.argsort(-self.similarities(query, passages.tolist()), kind="stable")
        found: list[int] = passages[order][:limit].tolist()
        return found

    def _allowed(self, scope: Mapping[str, str]) -> NDArray[np.bool_]:
        fits = np.array([applies(own, scope) for own in self.scopes], np.bool_)
        allowed: NDArray[np.bool_] = fits[self.scope_of]
        return allowed


def build_index(
    passages: Sequence[Passage],
    rows: Rows,
    counts: Sequence[int],
    *,
    most_windows: int = MOST_WINDOWS,
) -> DenseIndex:
    """Index the windows of the passages; `counts` says how many each has, at least one.

    With more than `most_windows` nothing is found by meaning alone.
    """
    scopes: dict[frozenset[tuple[str, str]], int] = {}
    kept: list[Mapping[str, str]] = []
    scope_of = np.zeros(len(passages), np.intp)
    for number, passage in enumerate(passages):
        key = frozenset(passage.scope.items())
        if key not in scopes:
            scopes[key] = len(kept)
            kept.append(passage.scope)
        scope_of[number] = scopes[key]
    starts = np.concatenate([[0], np.cumsum(np.asarray(counts, np.intp))]).astype(np.intp)
    coded = _codes(rows) if 0 < len(rows) <= most_windows else np.zeros((0, 0), np.uint64)
    return DenseIndex(rows, starts, coded, tuple(kept), scope_of)


def _codes(vectors: NDArray[np.float32] | Rows) -> NDArray[np.uint64]:
    """Signs of the vectors, packed, one row per 64 dimensions."""
    missing = -vectors.shape[1] % _BITS
    signs = np.pad(vectors > 0, ((0, 0), (0, missing)))
    packed = np.packbits(signs, axis=1).view(np.uint64)
    return np.ascontiguousarray(packed.T)
