"""How sure a figure is: intervals for shares and, by resampling, for any other measure."""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]
Measure = Callable[[Scores, Labels], float | None]
Interval = tuple[float, float]

RESAMPLES = 1000
SEED = 20261123
"""Fixed: the same data give the same interval."""
CONFIDENCE = 0.95


def wilson(hits: int, trials: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the two-sided interval of a share: Wilson (1927). None without trials.

    Unlike the textbook interval it stays within 0..1 and means something for ten lines.
    """
    if not trials:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, extra = hits / trials, z * z / trials
    middle = (share + extra / 2) / (1 + extra)
    reach = z / (1 + extra) * (share * (1 - share) / trials + extra / (4 * trials)) ** 0.5
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def bootstrap(
    measure: Measure,
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval | None:
    """Return the 95 % percentile interval of a measure over resampled lines.

    Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13. Lines are
    taken for independent. Resamples without a value are left out; None if they are more
    than half.
    """
    values, truths = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    if not len(values):
        return None
    draw = np.random.default_rng(seed)
    found: list[float] = []
    for _ in range(resamples):
        picked = draw.integers(0, len(values), len(values))
        value = measure(values[picked], truths[picked])
        if value is not None:
            found.append(value)
    if 2 * len(found) < resamples:
        return None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, (tail, 1 - tail))
    return float(low), float(high)
