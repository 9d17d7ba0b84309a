"""How far probabilities can be trusted, with bootstrap intervals. Pure; numpy only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from proxy.evals.base import Figures, rounded
from proxy.evals.metrics import calibration_error, upper_bound
from proxy.evals.reliability import brier, reliability_slope

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], float | None]

DRAWS = 500
_LEVEL = 0.95
_SURE = 1e-4


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence, and how many of them are supported."""

    confidence: float
    """Mean of the bin."""
    share: float
    low: float
    high: float
    """95 % interval of the share: Clopper and Pearson (1934)."""
    n: int


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {"ece": calibration_error, "brier": brier, "slope": reliability_slope}
)


def reliability(
    confidences: Floats, supported: Floats, groups: Sequence[str], seed: int = 0
) -> Figures:
    """Return each measure with its 95 % interval.

    Intervals are percentiles over draws of whole groups with replacement (Field and Welsh,
    "Bootstrapping clustered data", 2007): answers on one page are not independent. They
    are moved by the mean distance of the draws from the figure, because a calibration
    error over bins grows with every draw (Efron and Tibshirani, "An Introduction to the
    Bootstrap", 1993, chapter 10).
    """
    figures: Figures = {"n": len(supported)}
    draws = list(_draws(groups, seed))
    for name, measure in MEASURES.items():
        found = measure(confidences, supported)
        drawn = [v for d in draws if (v := measure(confidences[d], supported[d])) is not None]
        figures[name] = rounded(found)
        figures[f"{name}_interval"] = _interval(found, drawn)
    return figures


def _interval(found: float | None, drawn: Sequence[float]) -> list[float | None] | None:
    if found is None or not drawn:
        return None
    bias = float(np.mean(drawn)) - found
    ends = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]) - bias
    return [rounded(max(0.0, float(end))) for end in ends]


def _draws(groups: Sequence[str], seed: int) -> Sequence[NDArray[np.intp]]:
    _, place = np.unique(np.array(groups), return_inverse=True)
    members = [np.flatnonzero(place == n) for n in range(int(place.max(initial=-1)) + 1)]
    chance = np.random.default_rng(seed)
    return [
        np.concatenate([members[n] for n in chance.integers(len(members), size=len(members))])
        for _ in range(DRAWS)
    ]


def log_loss(confidences: Floats, supported: Floats) -> float:
    """Return the mean negative log likelihood, in nats; a certain error counts as 1e-4."""
    p = np.clip(confidences, _SURE, 1 - _SURE)
    return float(-np.mean(supported * np.log(p) + (1 - supported) * np.log1p(-p)))


def bins(confidences: Floats, supported: Floats, count: int = 10) -> list[Bin]:
    """Return the bins that hold anything, equally wide, from low to high."""
    place = np.clip((confidences * count).astype(int), 0, count - 1)
    return [
        _bin(confidences[place == n], supported[place == n])
        for n in range(count)
        if (place == n).any()
    ]


def _bin(confidences: Floats, supported: Floats) -> Bin:
    n, hits = len(supported), int(supported.sum())
    level = (1 + _LEVEL) / 2
    return Bin(
        confidence=float(confidences.mean()),
        share=hits / n,
        low=1 - (upper_bound(n - hits, n, level) or 0.0),
        high=upper_bound(hits, n, level) or 0.0,
        n=n,
    )
