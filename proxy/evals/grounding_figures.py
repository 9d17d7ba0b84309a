"""What the scores of a grounding evaluation say about it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from proxy.evals.base import Figures, rounded
from proxy.evals.intervals import Interval, bootstrap, wilson
from proxy.evals.kinds import GROUPS, canonical, group_of
from proxy.evals.metrics import Confusion, auroc, calibration_error, ratio
from proxy.evals.reliability import brier, reliability_slope
from proxy.evals.thresholds import (
    at_false_alarms,
    best_balanced,
    crossed,
    flag_everything,
    half,
)

FALSE_ALARMS = 0.10
"""Share of supported answers that may be flagged where recall is compared."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer: the truth about it and the probability that was given."""

    name: str
    """Its id: decides the half that it belongs to."""
    supported: bool
    score: float
    kind: str = ""


def figures(lines: Sequence[Scored], threshold: float) -> Figures:
    """Compare with the labels; an unsupported answer that is flagged is a hit."""
    return {
        **at_threshold(lines, threshold),
        "best_on_these_lines": _best(lines),
        "f1_threshold_of_other_half": _crossed(lines),
        "f1_flag_everything": rounded(flag_everything([x.supported for x in lines]).f1),
        "calibration": _calibration(lines),
        "at_10_false_alarms": at_equal_alarms(lines),
    }


def at_threshold(lines: Sequence[Scored], threshold: float) -> Figures:
    """Return what the threshold in force makes of the lines."""
    scores, supported = _columns(lines)
    flagged = [s < threshold for s in scores]
    counts = Confusion.of(flagged, [not s for s in supported])
    return {
        "n": len(lines),
        "unsupported": supported.count(False),
        "threshold": threshold,
        "auroc": rounded(auroc(scores, supported)),
        "auroc_ci95": interval(bootstrap(auroc, scores, supported)),
        "balanced_accuracy": rounded(counts.balanced_accuracy),
        "precision": rounded(counts.precision),
        "recall": rounded(counts.recall),
        "f1": rounded(counts.f1),
        "false_alarms": rounded(counts.false_alarm_rate),
        "ece": rounded(calibration_error(scores, supported)),
        "recall_per_kind": _per_kind(lines, flagged, lambda x: not x.supported),
        "false_alarms_per_kind": _per_kind(lines, flagged, lambda x: x.supported),
    }


def at_equal_alarms(lines: Sequence[Scored]) -> Figures | None:
    """Return the recall per kind and group where at most 10 % of the supported are flagged.

    The threshold is that of these lines. None if a class is missing.
    """
    scores, supported = _columns(lines)
    chosen = at_false_alarms(scores, supported, FALSE_ALARMS)
    if chosen is None:
        return None
    groups: dict[str, list[bool]] = {group: [] for group in GROUPS}
    kinds: dict[str, list[bool]] = {}
    for line in lines:
        if line.supported:
            continue
        flag = line.score < chosen.threshold
        kinds.setdefault(canonical(line.kind), []).append(flag)
        if (group := group_of(line.kind)) is not None:
            groups[group].append(flag)
    return {
        "threshold": rounded(chosen.threshold),
        "false_alarms": rounded(chosen.counts.false_alarm_rate),
        "recall": rounded(chosen.counts.recall),
        "groups": _shares({group: flags for group, flags in groups.items() if flags}),
        "kinds": _shares({kind: flags for kind, flags in sorted(kinds.items()) if kind}),
    }


def pooled_f1(lines: Sequence[Scored]) -> Figures:
    """Return the F1 of flagged answers at a threshold of the other half, and what to beat."""
    everything = flag_everything([x.supported for x in lines])
    return {
        "n": len(lines),
        **(_crossed(lines) or {"f1": None}),
        "f1_flag_everything": rounded(everything.f1),
    }


def interval(bounds: Interval | None) -> list[float | None] | None:
    """Write an interval as JSON has it."""
    return None if bounds is None else [rounded(bound) for bound in bounds]


def _columns(lines: Sequence[Scored]) -> tuple[list[float], list[bool]]:
    return [x.score for x in lines], [x.supported for x in lines]


def _best(lines: Sequence[Scored]) -> Figures | None:
    best = best_balanced(*_columns(lines))
    if best is None:
        return None
    accuracy = rounded(best.counts.balanced_accuracy)
    return {"balanced_accuracy": accuracy, "threshold": rounded(best.threshold)}


def _crossed(lines: Sequence[Scored]) -> Figures | None:
    found = crossed(*_columns(lines), [half(x.name) for x in lines])
    if found is None:
        return None
    counts, thresholds = found
    return {
        "f1": rounded(counts.f1),
        "precision": rounded(counts.precision),
        "recall": rounded(counts.recall),
        "thresholds": [rounded(t) for t in thresholds],
    }


def _calibration(lines: Sequence[Scored]) -> Figures:
    scores, supported = _columns(lines)
    measures = {"ece": calibration_error, "brier": brier, "slope": reliability_slope}
    found: Figures = {}
    for name, measure in measures.items():
        found[name] = rounded(measure(scores, supported))
        found[f"{name}_ci95"] = interval(bootstrap(measure, scores, supported))
    return found


def _per_kind(
    lines: Sequence[Scored], flagged: Sequence[bool], wanted: Callable[[Scored], bool]
) -> Figures:
    groups: dict[str, list[bool]] = {}
    for line, flag in zip(lines, flagged, strict=True):
        if line.kind and wanted(line):
            groups.setdefault(line.kind, []).append(flag)
    return _shares(dict(sorted(groups.items())))


def _shares(groups: Mapping[str, Sequence[bool]]) -> Figures:
    return {
        name: {
            "n": len(flags),
            "flagged": rounded(ratio(sum(flags), len(flags))),
            "ci95": interval(wilson(sum(flags), len(flags))),
        }
        for name, flags in groups.items()
    }
