"""One yes-or-no classifier per label, all fitted together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.descent import Loss, Weights, largest_eigenvalue, minimise
from validators.intent.encoder import Vectors
from validators.intent.linear import centre_of, design

Marks = NDArray[np.int8]
"""One row per example, one column per label: 1 shows it, -1 does not, 0 says nothing."""

PENALTY = 3e-4
_STEPS = 120
_FOLDS = 4
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Heads:
    """Fitted classifiers: scores are log odds, as if each label were seen half the time."""

    weights: Weights
    """One column per label, the last row is the intercept."""
    centre: Vectors

    def scores(self, vectors: Vectors) -> Weights:
        """Return one row of log odds per vector."""
        result: Weights = design(vectors, self.centre) @ self.weights
        return result


def fit_heads(vectors: Vectors, marks: Marks) -> tuple[Heads, Weights]:
    """Fit all labels; also return each example's scores by models that did not see it.

    Logistic regression with L2 penalty, for each label its positive and its negative
    examples weighing the same. Deterministic.
    """
    centre = centre_of(vectors)
    rows = design(vectors, centre)
    # A fixed shuffle: neighbours in a list are often alike, and must not share a fold.
    folds = np.random.default_rng(0).permutation(len(marks)) % _FOLDS
    share = _shares(marks)
    steepest = max(largest_eigenvalue(rows * np.sqrt(column)[:, None]) for column in share.T)
    unseen: Weights = np.zeros(marks.shape, dtype=np.float32)
    for fold in range(_FOLDS):
        out = folds == fold
        fewer = _shares(marks[~out])
        # Fewer rows bend the loss less, greater shares more: a bound, for a pass saved.
        growth = float((fewer / np.maximum(share[~out], _TINY)).max())
        unseen[out] = rows[out] @ _solve(rows[~out], marks[~out], fewer, growth * steepest)
    return Heads(_solve(rows, marks, share, steepest), centre), unseen


def _solve(rows: Vectors, marks: Marks, share: Weights, steepest: float) -> Weights:
    """Minimise the penalised log loss of all labels at once.

    `steepest` is at least the largest eigenvalue of any label's weighted rows.
    """
    targets = (marks > 0).astype(np.float32)

    def residual(scores: Weights) -> Weights:
        chances: Weights = (1 / (1 + np.exp(-np.clip(scores, -30, 30)))).astype(np.float32)
        return (chances - targets) * share

    # The logistic function bends by at most 1/4.
    loss = Loss(residual, marks.shape[1], 0.25 * steepest, PENALTY)
    return minimise(rows, loss, _STEPS)


def _shares(marks: Marks) -> Weights:
    """Weight of each example for each label; either side of a label sums to one half."""
    positive, negative = marks > 0, marks < 0
    shares: Weights = (
        positive * (0.5 / np.maximum(positive.sum(axis=0), 1))
        + negative * (0.5 / np.maximum(negative.sum(axis=0), 1))
    ).astype(np.float32)
    return shares
