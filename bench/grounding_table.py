"""The tables of a grounding evaluation, in Markdown: kinds, groups, calibration, cost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proxy.evals.grounding_figures import Scored, pooled_f1
from proxy.evals.kinds import GROUPS, canonical

FLOORS = {"values_and_promises": 0.75, "statements": 0.50, "conditions": 0.35}
"""Recall that each group has to reach at 10 % false alarms."""
WHOLE_ANSWERS = ("ragtruth", "_resp")
"""What the names of files of model-written whole answers hold: they are pooled."""

Entry = Mapping[str, Any]


def tables(entries: Sequence[Entry], lines: Mapping[str, Sequence[Scored]]) -> Iterator[str]:
    """Yield the lines of all tables; `lines` are the scored answers of each entry, by name."""
    told = [entry for entry in entries if entry.get("at_10_false_alarms")]
    if not told:
        return
    yield from _groups([e for e in told if e["at_10_false_alarms"]["groups"]])
    yield from _kinds([e for e in told if e["at_10_false_alarms"]["groups"]])
    yield from _probabilities(told)
    yield from _pooled(lines)
    for entry in told:
        if "ablation" in entry:
            yield from _ablation(entry)


def _groups(entries: Sequence[Entry]) -> Iterator[str]:
    yield from _head(
        "Recall at 10 % false alarms, by group", "data", "group", "n", "recall", "floor"
    )
    for entry in entries:
        for group, found in entry["at_10_false_alarms"]["groups"].items():
            kept = "kept" if found["flagged"] >= FLOORS[group] else "missed"
            floor = f"{FLOORS[group]:.2f} {kept}"
            yield _row(entry["name"], ", ".join(GROUPS[group]), found["n"], _share(found), floor)


def _kinds(entries: Sequence[Entry]) -> Iterator[str]:
    yield from _head(
        "By kind: recall at 10 % false alarms, and at the threshold in force",
        *("data", "kind", "n", "at 10 %", "in force"),
    )
    for entry in entries:
        in_force = {canonical(k): v for k, v in entry["recall_per_kind"].items()}
        for kind, found in entry["at_10_false_alarms"]["kinds"].items():
            now = in_force.get(kind)
            yield _row(entry["name"], kind, found["n"], _share(found), _share(now) if now else "-")


def _probabilities(entries: Sequence[Entry]) -> Iterator[str]:
    yield from _head(
        "Ranking, calibration and cost",
        *("data", "n", "AUROC", "balanced accuracy at the threshold", "at the best (optimistic)"),
        *("ECE", "Brier", "slope", "CPU ms per answer", "of 4 claims (n)"),
    )
    for entry in entries:
        found, best, four = (
            entry["calibration"],
            entry["best_on_these_lines"],
            "answers_of_4_claims",
        )
        yield _row(
            entry["name"],
            entry["n"],
            _with(entry["auroc"], entry["auroc_ci95"]),
            f"{_number(entry['balanced_accuracy'])} at {entry['threshold']}",
            f"{_number(best['balanced_accuracy'])} at {best['threshold']}",
            *(_with(found[name], found[f"{name}_ci95"]) for name in ("ece", "brier", "slope")),
            _number(entry["cpu_ms_per_item"], 1),
            f"{_number(entry[four]['cpu_ms'], 1)} ({entry[four]['n']})",
        )


def _pooled(lines: Mapping[str, Sequence[Scored]]) -> Iterator[str]:
    pooled = [
        line
        for name, found in lines.items()
        if all(part in name for part in WHOLE_ANSWERS)
        for line in found
    ]
    if pooled:
        found = pooled_f1(pooled)
        yield from _head("Whole answers, pooled", "n", "F1", "thresholds", "F1 of flagging all")
        shown = ", ".join(map(str, found.get("thresholds", ())))
        yield _row(found["n"], _number(found["f1"]), shown, _number(found["f1_flag_everything"]))


def _ablation(entry: Entry) -> Iterator[str]:
    yield from _head(
        f"Ablation on {entry['name']}",
        *("reader", "AUROC", *GROUPS, "CPU ms per answer", "of 4 claims (n)"),
    )
    for name, found in entry["ablation"].items():
        groups = (found["at_10_false_alarms"] or {}).get("groups", {})
        four = found["answers_of_4_claims"]
        yield _row(
            name,
            _with(found["auroc"], found["auroc_ci95"]),
            *(_number(groups.get(group, {}).get("flagged")) for group in GROUPS),
            _number(found["cpu_ms_per_item"], 1),
            f"{_number(four['cpu_ms'], 1)} ({four['n']})",
        )


def _head(title: str, *columns: str) -> Iterator[str]:
    yield from ("", f"**{title}**", "", _row(*columns), _row(*("---" for _ in columns)))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _share(found: Entry) -> str:
    return _with(found["flagged"], found["ci95"])


def _with(value: float | None, bounds: Sequence[float] | None) -> str:
    if value is None or bounds is None:
        return _number(value)
    return f"{value:.2f} ({bounds[0]:.2f} to {bounds[1]:.2f})"


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
