"""From judged answers to a calibration, thresholds, and figures that say what both are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from policies.calibration import Calibration
from policies.errors import ConfigError, Problem
from policies.policy import Policy
from proxy.calibrate.answers import DEFAULTS, Judged
from proxy.calibrate.fit import as_figures, fit, held_out
from proxy.calibrate.measure import log_loss, reliability
from proxy.calibrate.thresholds import Aim, Pool, Verdict, smallest
from proxy.evals.base import Figures, rounded

Floats = NDArray[np.float64]

FEWEST = 50
"""Answers with claims below which nothing is fitted."""
_FEWEST_OF_EACH = 10
_NOTHING = Pool(0, (), ())


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    label: str
    """Of a new calibration: data, date, size, version."""
    aim: Aim = field(default_factory=Aim)
    intent: str | None = None
    """Look for a threshold for this intent only."""
    keep: bool = False
    """Fit nothing: only look for thresholds under the configured calibration."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found. Confidences are those of `fitting`, in that order."""

    calibration: Calibration
    fitted: bool
    """False: the configured calibration stays, because it was asked for or was no worse."""
    fitting: Sequence[Judged]
    """The answers with claims."""
    before: Floats
    after: Floats
    """If fitted, each by a map that did not see its group."""
    verdicts: Mapping[str, Verdict]
    pools: Mapping[str, Pool]
    """By intent."""
    figures: Figures


def calibrate(answers: Sequence[Judged], policy: Policy, wish: Wish, file: str) -> Outcome:
    """Fit, test on held-out answers, look for thresholds. Raises `ConfigError` for too few."""
    fitting = [a for a in answers if a.fits]
    _check(fitting, file)
    supported = np.array([a.supported for a in fitting], dtype=float)
    groups = [a.group for a in fitting]
    before = np.array([a.confidence(policy.calibration) for a in fitting])
    after, calibration = before, policy.calibration
    tried = None if wish.keep else held_out(fitting, wish.seed)
    if tried is not None and log_loss(tried, supported) < log_loss(before, supported):
        after, calibration = tried, fit(fitting, wish.label)
    fitted = calibration is not policy.calibration
    pools = _pools(answers, fitting, after)
    names = sorted(pools) if wish.intent is None else [wish.intent]
    verdicts = {name: smallest(pools.get(name, _NOTHING), wish.aim) for name in names}
    figures: Figures = {
        "n": len(answers),
        "fitting": len(fitting),
        "groups": len(set(groups)),
        "unsupported": sum(not a.supported for a in answers),
        "without_claims": sum(not a.scores for a in answers),
        "objected": sum(a.objected for a in answers),
        "before": _figures(before, supported, groups, wish.seed),
        "after": _figures(after, supported, groups, wish.seed) if fitted else None,
        "not_better": _rejected(tried, fitted=fitted, supported=supported),
        "calibration": {
            "label": calibration.label,
            "fitted": fitted,
            **as_figures(calibration),
        },
        "aim": {
            "risk": wish.aim.risk,
            "confidence": wish.aim.confidence,
            "needed": wish.aim.needed,
        },
        "thresholds": {name: _found(v, policy, name) for name, v in verdicts.items()},
    }
    return Outcome(calibration, fitted, fitting, before, after, verdicts, pools, figures)


def current(policy: Policy, intent: str) -> float:
    """Return the threshold that the policy has for an intent now."""
    return policy.rule(None if intent == DEFAULTS else intent).min_confidence


def _check(fitting: Sequence[Judged], file: str) -> None:
    good = sum(a.supported for a in fitting)
    if len(fitting) < FEWEST:
        message = (
            f"{len(fitting)} answers with claims that could be checked; at least {FEWEST} "
            "are needed: label more answers"
        )
        raise ConfigError(Problem(file, None, "", message))
    if min(good, len(fitting) - good) < _FEWEST_OF_EACH:
        message = (
            f"{good} supported and {len(fitting) - good} unsupported answers with claims; at least "
            f"{_FEWEST_OF_EACH} of each are needed to tell a probability: label more of the rarer"
        )
        raise ConfigError(Problem(file, None, "label", message))


def _figures(confidences: Floats, supported: Floats, groups: Sequence[str], seed: int) -> Figures:
    found = reliability(confidences, supported, groups, seed)
    return {**found, "log_loss": rounded(log_loss(confidences, supported))}


def _rejected(tried: Floats | None, *, fitted: bool, supported: Floats) -> float | None:
    """Return the held-out log loss of a fit that was no better than what is configured."""
    return None if tried is None or fitted else rounded(log_loss(tried, supported))


def _pools(answers: Sequence[Judged], fitting: Sequence[Judged], after: Floats) -> dict[str, Pool]:
    sure = {id(a): float(c) for a, c in zip(fitting, after, strict=True)}
    return {
        name: _pool([a for a in answers if a.intent == name], sure)
        for name in sorted({a.intent for a in answers})
    }


def _pool(answers: Sequence[Judged], sure: Mapping[int, float]) -> Pool:
    """An answer that claims nothing goes out whatever the threshold."""
    free = [a for a in answers if not a.objected]
    confidences = [sure.get(id(a), 1.0) for a in free]
    return Pool(len(answers), confidences, [not a.supported for a in free])


def _found(verdict: Verdict, policy: Policy, name: str) -> Figures:
    shown = verdict.shown
    return {
        "answers": verdict.answers,
        "threshold": verdict.threshold,
        "current": current(policy, name),
        "at": shown.threshold,
        "delivered": shown.delivered,
        "wrong": shown.wrong,
        "upper_bound": rounded(shown.bound),
        "why": verdict.why or None,
    }
