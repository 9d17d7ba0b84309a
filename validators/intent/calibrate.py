"""Class scores to one honest number: how likely the best class is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validators.intent.descent import Weights
from validators.intent.linear import Labels

Values = NDArray[np.float64]

_ROUNDS = 40
_HALVINGS = 20
_PULL = 1e-3
"""Keeps the curvature invertible where all examples look alike."""
_SHARE_OF_BEST = 0.5
"""Of the best score beside its lead: what no class covers has low scores throughout."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic function of the evidence for the best class."""

    slope: float = 1.0
    """Never negative: more evidence never means less confidence."""
    intercept: float = 0.0

    def probability(self, logits: Weights) -> Values:
        """Return, row by row, the probability that the best class is right, 0..1."""
        return _sigmoid(self.slope * evidence(logits) + self.intercept)


def evidence(logits: Weights) -> Values:
    """Return how strongly each row speaks for its best class.

    The lead of the best score over all others together (log odds) tells confusable
    classes apart; the best score by itself tells what no class covers (Hendrycks et al.,
    "Scaling out-of-distribution detection for real-world settings", ICML 2022).
    """
    ordered = np.sort(logits.astype(np.float64), axis=1)
    best = ordered[:, -1]
    if ordered.shape[1] == 1:
        return best
    second = ordered[:, -2]
    others = second + np.log(np.exp(ordered[:, :-1] - second[:, None]).sum(axis=1))
    result: Values = best - others + _SHARE_OF_BEST * best
    return result


def calibrate(logits: Weights, labels: Labels) -> Calibration:
    """Fit on held-out class scores by Platt scaling.

    Platt, "Probabilistic outputs for support vector machines", 1999, with its smoothed
    targets: few examples give no probability of exactly 0 or 1.
    """
    values = evidence(logits)
    right = logits.argmax(axis=1) == labels
    hits = int(right.sum())
    targets = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))
    slope, intercept = _newton(np.column_stack([values, np.ones_like(values)]), targets)
    if slope < 0:
        share = float(targets.mean())
        return Calibration(0.0, float(np.log(share / (1 - share))))
    return Calibration(float(slope), float(intercept))


def _newton(features: Values, targets: Values) -> Values:
    """Minimise the log loss; each step is halved until it helps, so none diverges."""
    slopes = np.zeros(features.shape[1])
    loss = _loss(features, targets, slopes)
    for _ in range(_ROUNDS):
        guess = _sigmoid(features @ slopes)
        gradient = features.T @ (guess - targets) + _PULL * slopes
        curvature = (features * (guess * (1 - guess))[:, None]).T @ features
        step = np.linalg.solve(curvature + _PULL * np.eye(len(slopes)), gradient)
        for _ in range(_HALVINGS):
            fresh = _loss(features, targets, slopes - step)
            if fresh <= loss:
                slopes, loss = slopes - step, fresh
                break
            step = step / 2
    return slopes


def _loss(features: Values, targets: Values, slopes: Values) -> float:
    exponent = features @ slopes
    # log(1 + e^x) - y x, written so that it can't overflow.
    likely = float((np.logaddexp(0, exponent) - targets * exponent).sum())
    return likely + _PULL * float(slopes @ slopes) / 2


def _sigmoid(exponent: Values) -> Values:
    result: Values = 1 / (1 + np.exp(-np.clip(exponent, -30, 30)))
    return result
