"""Fit a `Calibration` by maximum likelihood, pulled towards the scores as they are.

A Gaussian prior around the identity (MacKay, "The evidence framework applied to
classification networks", 1992) keeps few answers from bending the map. Weights that must
not be negative are held at zero where the data would have them so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from policies.calibration import SURE, Calibration, doubt
from proxy.calibrate.answers import DEFAULTS, Judged

Floats = NDArray[np.float64]

FOLDS = 5
INTENT_ANSWERS = 50
"""An intent with fewer answers, or with few of one label, gets no shift of its own."""
_INTENT_LABELS = 10
_MEANS = (1.0, 1.0, 0.0, 0.0)
_PULLS = (1.0, 1.0, 1.0, 1.0)
"""Precisions: a standard deviation of 1 around the mean."""
_INTENT_PULL = 4.0
_SHIFT_PULL = 1e-2
_ROUNDS = 50
_HALVINGS = 30
_SETTLED = 1e-9
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Design:
    """The terms of the log odds, a row per answer; the last column is 1."""

    terms: Floats
    supported: Floats
    means: Floats
    pulls: Floats


def fit(answers: Sequence[Judged], label: str) -> Calibration:
    """Fit to answers that have claims. Raises `ValueError` without any."""
    intents = shifted_intents(answers)
    design = _design(answers, intents)
    weights = _bounded(design)
    rounded = [round(float(w), _DIGITS) for w in weights]
    return Calibration(
        label,
        for_support=rounded[0],
        against=rounded[1],
        second=rounded[2],
        count=rounded[3],
        intents={i: w for i, w in zip(intents, rounded[4:-1], strict=True) if w},
        shift=rounded[-1],
    )


def held_out(answers: Sequence[Judged], seed: int = 0, folds: int = FOLDS) -> Floats:
    """Return each answer's confidence by a map that was fitted without its group."""
    place = np.array(fold_of([a.group for a in answers], seed, folds))
    result = np.zeros(len(answers))
    for fold in range(folds):
        rest = [a for a, f in zip(answers, place, strict=True) if f != fold]
        found = fit(rest, "") if rest else Calibration("")
        for n, answer in enumerate(answers):
            if place[n] == fold:
                result[n] = answer.confidence(found)
    return result


def fold_of(groups: Sequence[str], seed: int, folds: int) -> list[int]:
    """Deal groups to folds, the largest first, always to the smallest fold; seeded."""
    names, counts = np.unique(np.array(groups), return_counts=True)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = sorted(shuffled, key=lambda n: -int(counts[n]))
    sizes = [0] * folds
    found: dict[str, int] = {}
    for n in order:
        fold = sizes.index(min(sizes))
        found[str(names[n])] = fold
        sizes[fold] += int(counts[n])
    return [found[group] for group in groups]


def shifted_intents(answers: Sequence[Judged]) -> list[str]:
    """Return the intents with enough answers of both labels for a shift of their own."""
    counts: dict[str, list[int]] = {}
    for answer in answers:
        counts.setdefault(answer.intent, [0, 0])[answer.supported] += 1
    if len(counts) == 1:  # the common shift is this intent's
        return []
    counts.pop(DEFAULTS, None)  # these have the common shift only
    return sorted(
        intent
        for intent, both in counts.items()
        if sum(both) >= INTENT_ANSWERS and min(both) >= _INTENT_LABELS
    )


def _design(answers: Sequence[Judged], intents: Sequence[str]) -> Design:
    rows = [_terms(answer, intents) for answer in answers]
    return Design(
        np.array(rows, dtype=float),
        np.array([a.supported for a in answers], dtype=float),
        np.array([*_MEANS, *(0.0 for _ in intents), 0.0]),
        np.array([*_PULLS, *(_INTENT_PULL for _ in intents), _SHIFT_PULL]),
    )


def _terms(answer: Judged, intents: Sequence[str]) -> list[float]:
    weakest, *others = sorted(answer.scores)
    p = min(1 - SURE, max(SURE, weakest))
    own = [float(answer.intent == intent) for intent in intents]
    n = len(answer.scores)
    return [np.log(p), -np.log1p(-p), -doubt(others), -np.log(n), *own, 1.0]


def _bounded(design: Design) -> Floats:
    """Minimise over weights of which the first four may not be negative.

    The problem is convex, so its minimum is that of one choice of weights held at zero;
    there are sixteen.
    """
    bounded = range(len(_MEANS))
    best: tuple[float, Floats] | None = None
    for size in range(len(_MEANS) + 1):
        for held in combinations(bounded, size):
            weights = _newton(design, held)
            if (weights[: len(_MEANS)] < 0).any():
                continue
            loss = _loss(design, weights)
            if not held:
                return weights
            if best is None or loss < best[0]:
                best = loss, weights
    if best is None:  # never: with all four held at zero none is negative
        raise ValueError("no map can be fitted")
    return best[1]


def _newton(design: Design, held: tuple[int, ...]) -> Floats:
    """Fit the weights that are not held at zero; each step is halved until it helps."""
    free = np.array([n for n in range(design.terms.shape[1]) if n not in held])
    terms, pulls, means = design.terms[:, free], design.pulls[free], design.means[free]
    weights = np.zeros(design.terms.shape[1])
    weights[free] = means
    loss = _loss(design, weights)
    for _ in range(_ROUNDS):
        p = sigmoid(design.terms @ weights)
        gradient = terms.T @ (p - design.supported) + pulls * (weights[free] - means)
        curvature = (terms * (p * (1 - p))[:, None]).T @ terms + np.diag(pulls)
        step = np.linalg.solve(curvature, gradient)
        before = loss
        for _ in range(_HALVINGS):
            fresh = weights.copy()
            fresh[free] -= step
            if (found := _loss(design, fresh)) <= loss:
                weights, loss = fresh, found
                break
            step = step / 2
        if before - loss < _SETTLED:
            break
    return weights


def _loss(design: Design, weights: Floats) -> float:
    odds = design.terms @ weights
    likely = float((np.logaddexp(0, odds) - design.supported * odds).sum())
    return likely + float(design.pulls @ (weights - design.means) ** 2) / 2


def sigmoid(odds: Floats) -> Floats:
    """Return probabilities; log odds beyond 30 count as 30."""
    result: Floats = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return result


def as_figures(calibration: Calibration) -> Mapping[str, object]:
    """Return the map's numbers, to print."""
    return {
        "for_support": calibration.for_support,
        "against": calibration.against,
        "shift": calibration.shift,
        "second": calibration.second,
        "count": calibration.count,
        "intents": dict(calibration.intents),
    }
