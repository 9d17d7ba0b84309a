"""Multinomial logistic regression for few examples, with probabilities that mean something."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.descent import Loss, Weights, largest_eigenvalue, minimise
from validators.intent.encoder import Vectors

Labels = NDArray[np.intp]

PENALTY = 3e-5
"""L2 penalty; on held-out parts of Banking77's training set 3e-5 and 1e-4 do equally well."""
_STEPS = 100
_INTERCEPT = 0.1
_FOLDS = 4
_MAX_HELD_OUT = 1200
"""Examples used to calibrate: more cost time and no longer move two parameters."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A fitted classifier: scores are linear in the centred vector."""

    weights: Weights
    """One column per class, the last row is the intercept."""
    centre: Vectors

    def logits(self, vectors: Vectors) -> Weights:
        """Return one row of class scores per vector."""
        result: Weights = design(vectors, self.centre) @ self.weights
        return result


def fit(vectors: Vectors, labels: Labels, classes: int, *, penalty: float = PENALTY) -> LinearModel:
    """Fit on all examples; classes weigh the same however many examples each has.

    Deterministic. `labels` are 0..classes-1.
    """
    centre = centre_of(vectors)
    return LinearModel(_solve(design(vectors, centre), labels, classes, penalty), centre)


def held_out_logits(
    vectors: Vectors, labels: Labels, classes: int, *, penalty: float = PENALTY
) -> tuple[Weights, Labels]:
    """Return class scores of examples by models that did not see them, and those examples.

    Cross-validation in a few folds, on a spread of the examples if there are many.
    """
    chosen = _spread(labels, _MAX_HELD_OUT)
    kept, held = vectors[chosen], labels[chosen]
    rows = design(kept, centre_of(kept))
    folds = _rank_in_class(held) % _FOLDS
    logits: Weights = np.zeros((len(held), classes), dtype=np.float32)
    for fold in range(_FOLDS):
        out = folds == fold
        if out.any() and not out.all():
            logits[out] = rows[out] @ _solve(rows[~out], held[~out], classes, penalty)
    return logits, chosen


def softmax(logits: Weights) -> Weights:
    """Return probabilities, row by row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Weights = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def centre_of(vectors: Vectors) -> Vectors:
    """Return the mean vector: what all examples share and so tells nothing."""
    centre: Vectors = vectors.mean(axis=0)
    return centre


def design(vectors: Vectors, centre: Vectors) -> Vectors:
    """Subtract what all examples share, restore unit length, append the intercept."""
    moved = vectors - centre
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    # A small constant: a large one would be the loss's steepest direction and slow the rest.
    constant = np.full((len(vectors), 1), _INTERCEPT, dtype=np.float32)
    return np.hstack([moved / lengths, constant]).astype(np.float32)


def _solve(rows: Vectors, labels: Labels, classes: int, penalty: float) -> Weights:
    """Minimise the penalised, class-balanced log loss."""
    counts = np.bincount(labels, minlength=classes)
    per_class = 1.0 / (np.maximum(counts, 1) * np.count_nonzero(counts))
    share: Weights = per_class[labels, None].astype(np.float32)
    targets = np.eye(classes, dtype=np.float32)[labels]

    def residual(logits: Weights) -> Weights:
        result: Weights = (softmax(logits) - targets) * share
        return result

    # The softmax bends by at most one half (Böhning 1992).
    curvature = 0.5 * largest_eigenvalue(rows * np.sqrt(share))
    return minimise(rows, Loss(residual, classes, curvature, penalty), _STEPS)


def _spread(labels: Labels, limit: int) -> Labels:
    """Choose up to about `limit` rows, as evenly over the classes as they come."""
    order = np.argsort(_rank_in_class(labels), kind="stable")
    return np.sort(order[:limit])


def _rank_in_class(labels: Labels) -> Labels:
    """Number the examples of each class from 0, in order."""
    ranks = np.zeros(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        ranks[rows] = np.arange(len(rows))
    return ranks
