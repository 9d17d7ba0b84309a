"""How far a text lies from all known examples of a label."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.encoder import Vectors
from validators.risk.heads import Marks

_SAME = 0.995
"""Cosine from which two examples are one, written twice."""
_FEW = 3
"""With fewer examples of a label than this, none is an outlier."""


@dataclass(frozen=True, slots=True)
class Region:
    """The examples of one label, and how close to one of them a text must be."""

    examples: Vectors
    floor: float
    """Cosine, -1 (anywhere) to 1."""


class Nearness:
    """Per label, the part of the space in which its examples lie."""

    def __init__(self, vectors: Vectors, marks: Marks, *, outliers: float) -> None:
        """Set each label's floor so that `outliers` of its own examples, 0..1, miss it.

        An example's distance is that to the nearest other one, so floors suit any encoder.
        """
        self._regions = [_region(vectors[column > 0], outliers) for column in marks.T]

    def close(self, vectors: Vectors) -> NDArray[np.bool_]:
        """Tell, per unit vector (row) and label (column), whether it lies near enough."""
        columns = [
            (vectors @ region.examples.T).max(axis=1, initial=-1.0) >= region.floor
            for region in self._regions
        ]
        return np.column_stack(columns)


def _region(examples: Vectors, outliers: float) -> Region:
    if len(examples) < _FEW:
        return Region(examples, -1.0)
    likeness = examples @ examples.T
    likeness[likeness > _SAME] = -1.0
    return Region(examples, float(np.quantile(likeness.max(axis=1), outliers)))
