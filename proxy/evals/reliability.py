"""Do probabilities come true? Pure; numpy only. None where a measure has no value."""

import numpy as np
from numpy.typing import ArrayLike

CLIP = 1e-3
"""Probabilities are kept this far from 0 and 1, whose log odds are infinite."""
_STEPS = 50
_DONE = 1e-9
_STEEPEST = 100.0
"""A slope beyond this comes from classes that do not overlap: it has no finite value."""


def brier(probabilities: ArrayLike, positive: ArrayLike) -> float | None:
    """Return the mean squared distance from the truth, 0..1: Brier (1950).

    0 is perfect, .25 is what always saying .5 costs. None without items.
    """
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(positive, dtype=float)
    return float(np.mean((values - labels) ** 2)) if len(values) else None


def reliability_slope(probabilities: ArrayLike, positive: ArrayLike) -> float | None:
    """Return the slope of the truth's log odds over those that were promised: Cox (1958).

    1 is calibrated; below 1 the probabilities are too extreme, above too timid. Fitted with
    an intercept by Newton's method. None if a class is missing, if all probabilities are
    equal, or if they part the classes without overlap.
    """
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(positive, dtype=float)
    if not len(values) or labels.min() == labels.max():
        return None
    kept = np.clip(values, CLIP, 1 - CLIP)
    odds = np.log(kept / (1 - kept))
    if np.ptp(odds) < _DONE:
        return None
    inputs = np.column_stack([np.ones_like(odds), odds])
    weights = np.zeros(2)
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        curve = inputs.T @ (inputs * (said * (1 - said))[:, None])
        if np.linalg.det(curve) < _DONE:
            return None
        step = np.linalg.solve(curve, inputs.T @ (labels - said))
        weights = weights + step
        if np.abs(weights).max() > _STEEPEST:
            return None
        if np.abs(step).max() < _DONE:
            return float(weights[1])
    return None
