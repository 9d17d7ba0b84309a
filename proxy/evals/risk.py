"""Risk labels: which are noticed, and how often is there a false alarm?"""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.messages import Message, Role
from policies.policy import Risk
from policies.text import Redacted
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import ratio
from proxy.evals.rows import Row
from validators.base import IntentClassifier

NONE = "none"


@dataclass(frozen=True, slots=True)
class Case:
    """One message and the risk in it, or `none`."""

    text: str
    label: str


def parse(row: Row) -> Case:
    """Read `{"text", "label"}`. Raises `ConfigError` for an unknown label."""
    return Case(row.text("text"), row.one_of("label", [NONE, *(r.value for r in Risk)]))


async def run(
    cases: Sequence[Case], classifier: IntentClassifier, progress: Progress = silent
) -> Result:
    """Classify each text by itself."""
    watch = Stopwatch()
    found: list[frozenset[str]] = []
    for case in progress(cases):
        message = Message(Role.USER, Redacted(case.text))
        with watch.item():
            seen = await classifier.classify((message,))
        found.append(frozenset(risk.value for risk in seen.risks))
    predictions = tuple({"labels": sorted(labels)} for labels in found)
    return Result({**score(cases, found), **watch.figures()}, predictions)


def score(cases: Sequence[Case], found: Sequence[frozenset[str]]) -> Figures:
    """Compare with the labels; any label at all on a `none` is a false alarm."""
    pairs = list(zip(cases, found, strict=True))
    risky = [(c.label, labels) for c, labels in pairs if c.label != NONE]
    calm = [labels for c, labels in pairs if c.label == NONE]
    names = sorted({label for label, _ in risky})
    alarms = sorted({label for labels in calm for label in labels})
    return {
        "n": len(pairs),
        "recall": _share([label in labels for label, labels in risky]),
        "recall_any_label": _share([bool(labels) for _, labels in risky]),
        "false_alarms": _share([bool(labels) for labels in calm]),
        "none": len(calm),
        "per_label": {
            name: {
                "n": sum(label == name for label, _ in risky),
                "recall": _share([name in labels for label, labels in risky if label == name]),
            }
            for name in names
        },
        "false_alarms_per_label": {
            name: _share([name in labels for labels in calm]) for name in alarms
        },
    }


def _share(flags: Sequence[bool]) -> float | None:
    return rounded(ratio(sum(flags), len(flags)))
