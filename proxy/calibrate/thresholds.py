"""The smallest threshold under which the share of wrong answers delivered is small enough.

Fixed-sequence testing, as in Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then
Test" (2021): thresholds of a grid set in advance are tested from the strictest on, each by
the exact binomial bound (Clopper and Pearson, 1934), until one can't be shown to hold. The
stated confidence then holds for the last one that was, however many were tested. Thresholds
that deliver too few answers for any outcome to show anything are not tested; this keeps the
confidence as long as less sure answers are not wrong less often.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from proxy.evals.metrics import upper_bound

GRID = tuple(n / 100 for n in range(99, 49, -1))
"""From strict to loose; never below even odds."""
_SLACK = 1e-12


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to hold."""

    risk: float = 0.01
    """Largest share of wrong answers among those delivered, above 0 and below 1."""
    confidence: float = 0.95
    """Probability that the risk is kept, over the draw of the data."""

    @property
    def needed(self) -> int:
        """The fewest delivered answers that can show it, if none of them is wrong."""
        return math.ceil(math.log(1 - self.confidence) / math.log(1 - self.risk) - _SLACK)


@dataclass(frozen=True, slots=True)
class Pool:
    """The labelled answers of one intent."""

    answers: int
    confidences: Sequence[float]
    """Of those that no check objects to."""
    wrong: Sequence[bool]
    """Which of these are not supported, in the same order."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a threshold lets through of the labelled answers."""

    threshold: float
    delivered: int
    wrong: int
    bound: float
    """One-sided upper confidence bound of the share of wrong ones; 1 if nothing is delivered."""

    @property
    def share(self) -> float | None:
        """Share of wrong answers among those delivered; None if nothing is."""
        return self.wrong / self.delivered if self.delivered else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one intent."""

    answers: int
    shown: Delivery
    """At the smallest threshold that holds, else at the one that failed."""
    why: str = ""
    """Why no threshold holds, and what to do; empty if one does."""

    @property
    def threshold(self) -> float | None:
        """The smallest threshold that holds; None if none could be shown to."""
        return None if self.why else self.shown.threshold


def deliver(pool: Pool, threshold: float, aim: Aim) -> Delivery:
    """Count what a threshold delivers: an answer at the threshold goes out."""
    passed = [w for c, w in zip(pool.confidences, pool.wrong, strict=True) if c >= threshold]
    bound = upper_bound(sum(passed), len(passed), aim.confidence)
    return Delivery(threshold, len(passed), sum(passed), 1.0 if bound is None else bound)


def smallest(pool: Pool, aim: Aim) -> Verdict:
    """Look for the smallest threshold that keeps the aim."""
    held: Delivery | None = None
    for threshold in GRID:
        if sum(c >= threshold for c in pool.confidences) < aim.needed:
            continue
        tested = deliver(pool, threshold, aim)
        if tested.bound > aim.risk:
            return Verdict(pool.answers, held or tested, "" if held else _failed(tested, aim))
        held = tested
    if held is not None:
        return Verdict(pool.answers, held)
    loosest = deliver(pool, GRID[-1], aim)
    return Verdict(pool.answers, loosest, _too_few(pool.answers, loosest, aim))


def _too_few(answers: int, loosest: Delivery, aim: Aim) -> str:
    return (
        f"too few labels: {answers} answers, of which {loosest.delivered} pass at "
        f"{loosest.threshold:.2f}; at least {aim.needed} must pass, none of them wrong, to show "
        f"{aim.risk:.2%} with {aim.confidence:.0%} confidence: label more"
    )


def _failed(tested: Delivery, aim: Aim) -> str:
    return (
        f"can't be shown: at {tested.threshold:.2f}, the strictest that can be tested, "
        f"{tested.wrong} of {tested.delivered} delivered are wrong (at most {tested.bound:.2%} "
        f"with {aim.confidence:.0%} confidence): label more, better the checks, or raise --risk"
    )
