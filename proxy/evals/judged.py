"""What asking a judge of known accuracy about the doubtful answers would bring."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from proxy.evals.base import Figures, rounded
from proxy.evals.grounding_figures import Scored, at_equal_alarms
from proxy.evals.metrics import auroc
from proxy.evals.simulated_judge import simulate
from proxy.evals.thresholds import counted

SEEDS = 10
"""A judge's errors are drawn by lot: figures are means over so many draws."""
_PLAIN = ("auroc", "balanced_accuracy", "precision", "recall", "f1", "false_alarms")


def with_judge(
    lines: Sequence[Scored], threshold: float, *, accuracy: float, share: float
) -> Figures:
    """Return the figures after a simulated judge, as means over ten draws.

    The judge is right with probability `accuracy` (0.5 to 1) and is asked about the `share`
    (0..1) of the answers whose decision is most probably wrong, by their scores. Raises
    `ValueError` for values out of range.
    """
    drawn = [
        _figures(_after(lines, threshold, accuracy, share, s), threshold) for s in range(SEEDS)
    ]
    names = [*_PLAIN, *sorted({name for one in drawn for name in one} - {*_PLAIN})]
    means = {name: _mean([one.get(name) for one in drawn]) for name in names}
    return {"accuracy": accuracy, "share": share, "draws": SEEDS, "simulated": True, **means}


def _after(
    lines: Sequence[Scored], threshold: float, accuracy: float, share: float, seed: int
) -> list[Scored]:
    scores = simulate(
        [x.supported for x in lines],
        [x.score for x in lines],
        accuracy=accuracy,
        share=share,
        threshold=threshold,
        seed=seed,
    )
    return [replace(x, score=s) for x, s in zip(lines, scores, strict=True)]


def _figures(lines: Sequence[Scored], threshold: float) -> dict[str, float | None]:
    scores, supported = [x.score for x in lines], [x.supported for x in lines]
    counts = counted(scores, supported, threshold)
    equal = at_equal_alarms(lines)
    groups = equal["groups"] if equal else {}
    return {
        "auroc": auroc(scores, supported),
        "balanced_accuracy": counts.balanced_accuracy,
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
        "false_alarms": counts.false_alarm_rate,
        **{f"{name}_at_10_false_alarms": found["flagged"] for name, found in groups.items()},
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return rounded(fmean(known)) if known else None
