"""Multinomial logistic regression for few examples, with probabilities that mean something."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.encoder import Vectors

Labels = NDArray[np.intp]
Weights = NDArray[np.float32]

PENALTY = 1e-4
"""L2 penalty; the best on Banking77 (training half) with 10 to 130 examples per class."""
_STEPS = 200
_FOLDS = 4
_MAX_HELD_OUT = 2000
"""Examples used to calibrate: more cost time and no longer move two parameters."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A fitted classifier: scores are linear in the centred vector."""

    weights: Weights
    """One column per class, the last row is the intercept."""
    centre: Vectors

    def logits(self, vectors: Vectors) -> Weights:
        """Return one row of class scores per vector."""
        result: Weights = _design(vectors, self.centre) @ self.weights
        return result


def fit(vectors: Vectors, labels: Labels, classes: int, *, penalty: float = PENALTY) -> LinearModel:
    """Fit on all examples; classes weigh the same however many examples each has.

    Deterministic. `labels` are 0..classes-1.
    """
    centre = _centre(vectors)
    design = _design(vectors, centre)
    # With fewer examples than dimensions the solution lies in the span of the examples,
    # so it is found there, in fewer dimensions, and rotated back.
    rotated, back = _compress(design)
    weights = _descend(rotated, labels, classes, penalty, _STEPS)
    return LinearModel(back @ weights, centre)


def held_out_logits(
    vectors: Vectors, labels: Labels, classes: int, *, penalty: float = PENALTY
) -> tuple[Weights, Labels]:
    """Return class scores of examples by models that did not see them, and those examples.

    Cross-validation in a few folds, on a spread of the examples if there are many.
    """
    chosen = _spread(labels, _MAX_HELD_OUT)
    kept, held = vectors[chosen], labels[chosen]
    rotated, _ = _compress(_design(kept, _centre(kept)))
    folds = _folds(held)
    logits = np.zeros((len(held), classes), dtype=np.float32)
    for fold in range(_FOLDS):
        out = folds == fold
        if out.any() and not out.all():
            weights = _descend(rotated[~out], held[~out], classes, penalty, _STEPS)
            logits[out] = rotated[out] @ weights
    return logits, chosen


def softmax(logits: Weights) -> Weights:
    """Return probabilities, row by row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Weights = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def _centre(vectors: Vectors) -> Vectors:
    centre: Vectors = vectors.mean(axis=0)
    return centre


def _design(vectors: Vectors, centre: Vectors) -> Vectors:
    """Subtract what all examples share, restore unit length, append the intercept."""
    moved = vectors - centre
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    ones = np.ones((len(vectors), 1), dtype=np.float32)
    return np.hstack([moved / lengths, ones]).astype(np.float32)


def _compress(design: Vectors) -> tuple[Vectors, Weights]:
    """Return the examples in their own span and the matrix that leads back."""
    rows, columns = design.shape
    if rows >= columns:
        return design, np.eye(columns, dtype=np.float32)
    left, singular, right = np.linalg.svd(design, full_matrices=False)
    return (left * singular).astype(np.float32), right.T.astype(np.float32)


def _descend(design: Vectors, labels: Labels, classes: int, penalty: float, steps: int) -> Weights:
    """Minimise the penalised, class-balanced log loss by accelerated gradient steps.

    Nesterov, "A method of solving a convex programming problem with convergence rate
    O(1/k^2)", 1983. The step is the inverse of the gradient's Lipschitz bound.
    """
    counts = np.bincount(labels, minlength=classes)
    share = (1.0 / (np.maximum(counts, 1) * max(int((counts > 0).sum()), 1)))[labels]
    share = share.astype(np.float32)[:, None]
    targets = np.eye(classes, dtype=np.float32)[labels]
    bound = 0.5 * float(np.linalg.norm(design * np.sqrt(share), 2)) ** 2 + penalty
    weights = np.zeros((design.shape[1], classes), dtype=np.float32)
    ahead, pace = weights, 1.0
    for _ in range(steps):
        wrong = (softmax(design @ ahead) - targets) * share
        fresh = ahead - np.float32(1 / bound) * (design.T @ wrong + np.float32(penalty) * ahead)
        following = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = fresh + np.float32((pace - 1) / following) * (fresh - weights)
        weights, pace = fresh, following
    return weights


def _spread(labels: Labels, limit: int) -> Labels:
    """Choose up to about `limit` rows, as evenly over the classes as they come."""
    order = np.argsort(_rank_in_class(labels), kind="stable")
    return np.sort(order[:limit])


def _folds(labels: Labels) -> Labels:
    """Deal the examples of each class to the folds in turn."""
    return _rank_in_class(labels) % _FOLDS


def _rank_in_class(labels: Labels) -> Labels:
    """Number the examples of each class from 0, in order."""
    ranks = np.zeros(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        ranks[rows] = np.arange(len(rows))
    return ranks
