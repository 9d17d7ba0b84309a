"""Accelerated gradient descent for linear models with an L2 penalty."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.encoder import Vectors

Weights = NDArray[np.float32]

_POWER_STEPS = 20
_MARGIN = 1.05
"""Power iteration approaches the largest eigenvalue from below."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A convex loss of linear scores."""

    residual: Callable[[Weights], Weights]
    """Maps scores (one row per example) to the derivative of the loss by each."""
    outputs: int
    """Scores per example."""
    curvature: float
    """At least the largest second derivative by the weights."""
    penalty: float
    """Of the squared weights, halved."""


def minimise(rows: Vectors, loss: Loss, steps: int) -> Weights:
    """Return the weights (columns of `rows` x outputs) of the least penalised loss.

    Nesterov, "A method of solving a convex programming problem with convergence rate
    O(1/k^2)", 1983.
    """
    # With fewer examples than columns, weights are a mix of the examples: the same steps
    # are taken in the mixture's coefficients, which are fewer.
    mixing = rows.shape[0] < rows.shape[1]
    forward: Vectors = rows @ rows.T if mixing else rows
    step, shrink = np.float32(1 / (loss.curvature + loss.penalty)), np.float32(loss.penalty)
    current: Weights = np.zeros((forward.shape[1], loss.outputs), dtype=np.float32)
    ahead, pace = current, 1.0
    for _ in range(steps):
        scores: Weights = forward @ ahead
        wrong = loss.residual(scores)
        slope: Weights = wrong if mixing else rows.T @ wrong
        fresh: Weights = (ahead - step * (slope + shrink * ahead)).astype(np.float32)
        following = (1 + math.sqrt(1 + 4 * pace * pace)) / 2
        onward = np.float32((pace - 1) / following)
        ahead = (fresh + onward * (fresh - current)).astype(np.float32)
        current, pace = fresh, following
    return rows.T @ current if mixing else current


def largest_eigenvalue(rows: Vectors) -> float:
    """Return the largest eigenvalue of `rows.T @ rows`, or a little more."""
    vector = np.ones(rows.shape[1], dtype=np.float32)
    value = 0.0
    for _ in range(_POWER_STEPS):
        vector = rows.T @ (rows @ vector)
        value = float(np.linalg.norm(vector))
        if value == 0.0:
            return 0.0
        vector = vector / np.float32(value)
    return _MARGIN * value
