"""Where to draw the line, and how well it would then do. Pure; numpy only.

An answer is flagged if its score is below the threshold; flagging an unsupported answer is
a hit. A threshold that was chosen on the lines it is judged by flatters: `crossed` chooses
it on the other half.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proxy.evals.metrics import Confusion, recall_at_acceptance

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold and what it made of the lines."""

    threshold: float
    counts: Confusion


def half(name: str) -> int:
    """Return 0 or 1: the half to which a line belongs, by a hash of its id."""
    return hashlib.sha256(name.encode()).digest()[0] & 1


def counted(scores: Sequence[float], supported: Sequence[bool], threshold: float) -> Confusion:
    """Count what a threshold flags against what is unsupported."""
    return Confusion.of([s < threshold for s in scores], [not s for s in supported])


def at_false_alarms(
    scores: Sequence[float], supported: Sequence[bool], most: float
) -> Choice | None:
    """Return the highest threshold that flags at most this share of the supported answers.

    None if a class is missing.
    """
    inside = [s for s, up in zip(scores, supported, strict=True) if up]
    outside = [s for s, up in zip(scores, supported, strict=True) if not up]
    found = recall_at_acceptance(inside, outside, 1 - most)
    if found is None:
        return None
    return Choice(found[0], counted(scores, supported, found[0]))


def best_balanced(scores: Sequence[float], supported: Sequence[bool]) -> Choice | None:
    """Return the threshold with the best balanced accuracy on these very lines.

    An upper bound, not a result. None if a class is missing.
    """

    def measure(hits: Ints, alarms: Ints, bad: int, good: int) -> NDArray[np.float64]:
        return (hits / bad + 1 - alarms / good) / 2

    return _best(scores, supported, measure)


def best_f1(scores: Sequence[float], supported: Sequence[bool]) -> Choice | None:
    """Return the threshold with the best F1 of flagged answers on these very lines."""

    def measure(hits: Ints, alarms: Ints, bad: int, good: int) -> NDArray[np.float64]:
        del good
        return 2 * hits / (hits + alarms + bad)

    return _best(scores, supported, measure)


def crossed(
    scores: Sequence[float], supported: Sequence[bool], halves: Sequence[int]
) -> tuple[Confusion, tuple[float, float]] | None:
    """Judge each half at the threshold that gave the other its best F1; pool the counts.

    Returns the counts, and the thresholds for half 0 and half 1. None if a half lacks a
    class.
    """
    rows = list(zip(scores, supported, halves, strict=True))
    parts = [[(s, up) for s, up, side in rows if side == wanted] for wanted in (0, 1)]
    chosen = [best_f1(*_columns(part)) for part in reversed(parts)]
    if chosen[0] is None or chosen[1] is None:
        return None
    thresholds = (chosen[0].threshold, chosen[1].threshold)
    flagged = [s < thresholds[side] for s, _, side in rows]
    return Confusion.of(flagged, [not up for _, up, _ in rows]), thresholds


def flag_everything(supported: Sequence[bool]) -> Confusion:
    """Count what flagging every answer would give: what a detector has to beat."""
    return Confusion.of([True] * len(supported), [not up for up in supported])


def _columns(rows: Sequence[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [score for score, _ in rows], [up for _, up in rows]


def _best(
    scores: Sequence[float],
    supported: Sequence[bool],
    measure: Callable[[Ints, Ints, int, int], NDArray[np.float64]],
) -> Choice | None:
    """Try a threshold above each distinct score; of equally good ones take the lowest."""
    labels = np.asarray(supported, dtype=bool)
    good = int(labels.sum())
    bad = len(labels) - good
    if not good or not bad:
        return None
    values = np.asarray(scores, dtype=float)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    hits = np.cumsum(~labels[order])[last]
    alarms = np.cumsum(labels[order])[last]
    best = int(np.argmax(measure(hits, alarms, bad, good)))
    threshold = float(np.nextafter(ordered[last][best], np.inf))
    return Choice(threshold, counted(scores, supported, threshold))
