"""Measures of detection and of probabilities. Pure; numpy only.

Scores are higher for the positive class. Where a measure has no value (no positives, say)
it is None, never 0: a missing number must not look like a bad or a good one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_BINS = 10
_HALVINGS = 60


def ratio(part: float, whole: float) -> float | None:
    """Return `part / whole`; None if there is no whole."""
    return part / whole if whole else None


def auroc(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """Return the probability that a positive outscores a negative; ties count half.

    Mann-Whitney's U over ranks (Hanley and McNeil, 1982). None if a class is missing.
    """
    values, labels = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    ups = int(labels.sum())
    downs = len(labels) - ups
    if not ups or not downs:
        return None
    rank_sum = float(_mid_ranks(values)[labels].sum())
    return (rank_sum - ups * (ups + 1) / 2) / (ups * downs)


def _mid_ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[place]
    return ranks


def f_beta(precision: float | None, recall: float | None, beta: float) -> float | None:
    """Return the weighted harmonic mean; recall counts `beta` times (van Rijsbergen, 1979)."""
    if precision is None or recall is None:
        return None
    weight = beta * beta
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below else 0.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of a yes-or-no detection."""

    hits: int
    misses: int
    false_alarms: int
    rejections: int

    @classmethod
    def of(cls, flagged: Sequence[bool], positive: Sequence[bool]) -> "Confusion":
        """Count, item by item. Raises `ValueError` if the lengths differ."""
        pairs = list(zip(flagged, positive, strict=True))
        return cls(
            hits=pairs.count((True, True)),
            misses=pairs.count((False, True)),
            false_alarms=pairs.count((True, False)),
            rejections=pairs.count((False, False)),
        )

    @property
    def precision(self) -> float | None:
        """Share of what was flagged that is positive."""
        return ratio(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Share of the positives that was flagged."""
        return ratio(self.hits, self.hits + self.misses)

    @property
    def false_alarm_rate(self) -> float | None:
        """Share of the negatives that was flagged."""
        return ratio(self.false_alarms, self.false_alarms + self.rejections)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the recalls of both classes; None if a class is missing."""
        if self.recall is None or self.false_alarm_rate is None:
            return None
        return (self.recall + 1 - self.false_alarm_rate) / 2

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return f_beta(self.precision, self.recall, 1)


def calibration_error(
    probabilities: ArrayLike, positive: ArrayLike, bins: int = _BINS
) -> float | None:
    """Return the expected calibration error over equally wide bins, 0..1.

    Mean distance between what was promised and what came true, weighted by bin (Naeini
    et al., 2015). None without items.
    """
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(positive, dtype=float)
    if not len(values):
        return None
    place = np.clip((values * bins).astype(int), 0, bins - 1)
    promised = np.bincount(place, weights=values, minlength=bins)
    kept = np.bincount(place, weights=labels, minlength=bins)
    return float(np.abs(promised - kept).sum() / len(values))


def recall_at_acceptance(
    inside: Sequence[float], outside: Sequence[float], acceptance: float
) -> tuple[float, float] | None:
    """Return the score that accepts a share of `inside`, and the share of `outside` below it.

    The highest threshold under which at least `acceptance` of the inside scores are
    accepted (score >= threshold). None if either is empty.
    """
    if not inside or not outside:
        return None
    ordered = sorted(inside, reverse=True)
    threshold = ordered[max(1, math.ceil(acceptance * len(ordered) - 1e-9)) - 1]
    return threshold, sum(score < threshold for score in outside) / len(outside)


def upper_bound(events: int, trials: int, confidence: float = 0.95) -> float | None:
    """Return the one-sided upper confidence bound of a rate: Clopper and Pearson (1934).

    The largest rate under which so few events still have probability 1 - confidence.
    None without trials.
    """
    if not trials:
        return None
    if events >= trials:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(events, trials, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, trials: int, rate: float) -> float:
    """Probability of at most so many events: the binomial distribution function."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 0.0
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(rate)
        + (trials - k) * math.log1p(-rate)
        for k in range(events + 1)
    ]
    return math.fsum(map(math.exp, logs))


def median(values: Sequence[float]) -> float | None:
    """Return the median; None without values."""
    return float(np.median(values)) if values else None
