"""Evaluates every kind on a folder of labelled data; prints one table, writes JSON.

Files are found by folder and name: grounding/*_dev.jsonl, pii/*_dev*.jsonl,
intents/NAME_dev.jsonl with NAME_train.jsonl beside it, risk/*_dev.jsonl, turns/*_dev.jsonl,
cache/*_dev.jsonl. Files of other kinds are left alone. Grounding gets tables of its own: by
kind and group at equal false alarms, calibration, cost, and whole answers pooled.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grounding_table import tables

from policies.errors import HandrailError
from proxy.cli.eval import progress_bar
from proxy.cli.evaluate import KINDS, Report, Wish, evaluate
from proxy.cli.evaluate_grounding import GroundingWish
from proxy.cli.options import load, log_to_stderr
from proxy.evals import grounding
from proxy.evals.grounding_figures import Scored
from proxy.evals.rows import read_rows

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = 10
SHOWN = {
    "grounding": ("auroc", "balanced_accuracy", "recall", "false_alarms", "ece"),
    "pii": ("precision", "recall", "f2", "fully_covered", "span_free_touched"),
    "intents": ("accuracy", "out_of_scope_recall", "accepted", "examples"),
    "risk": ("recall", "recall_any_label", "false_alarms"),
    "turns": ("accuracy", "too_permissive", "too_cautious"),
    "cache": ("hit_rate", "false_hit_rate", "false_hit_upper_95"),
}


def main() -> int:
    """Run all that the folder holds; 1 if anything could not be evaluated."""
    options = _arguments()
    log_to_stderr(logging.ERROR)
    loaded = load(options.config)
    rows: list[dict[str, Any]] = []
    answers: dict[str, list[Scored]] = {}
    failed = False
    for wish in _wishes(options.data, options.kinds, options.match, ablation=options.ablation):
        started = time.process_time()
        try:
            report = evaluate(loaded, wish)
        except HandrailError as error:
            failed = True
            print(f"{wish.kind} {wish.data.name}: not evaluated\n{error}", file=sys.stderr)
            continue
        figures = {**report.result.figures, "ran_on": report.ran_on}
        figures["cpu_s"] = round(time.process_time() - started, 1)
        rows.append({"kind": wish.kind, "name": _name(wish), **figures})
        print(_line(rows[-1]), flush=True)
        if wish.kind == "grounding":
            answers[_name(wish)] = _scored(wish, report)
    told = [row for row in rows if row["kind"] == "grounding"]
    for line in tables(told, answers):
        print(line)
    _write(options.out, rows)
    return 1 if failed or not rows else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled data")
    parser.add_argument("--config", type=Path, default=ROOT / "config.toml")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--match", default="", help="only files whose name holds this")
    parser.add_argument("--ablation", action="store_true", help="grounding: each reader alone, too")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results" / "eval.json")
    return parser.parse_args()


def _scored(wish: Wish, report: Report) -> list[Scored]:
    cases = read_rows(wish.data, grounding.parse)
    return grounding.scored(cases, [p["score"] for p in report.result.predictions])


def _wishes(folder: Path, kinds: list[str], match: str, *, ablation: bool) -> Iterator[Wish]:
    for kind in kinds:
        for path in sorted((folder / kind).glob("*_dev*.jsonl")):
            if match not in path.name:
                continue
            if kind != "intents":
                special = GroundingWish(ablation=ablation)
                yield Wish(kind, path, grounding=special, progress=progress_bar)
                continue
            train = path.with_name(path.name.replace("_dev", "_train"))
            for examples in (EXAMPLES, None) if train.exists() else ():
                yield Wish(kind, path, train, examples, progress=progress_bar)


def _name(wish: Wish) -> str:
    few = f" ({wish.examples} per intent)" if wish.examples else ""
    return f"{wish.data.stem}{few}"


def _line(row: dict[str, Any]) -> str:
    names = {**dict.fromkeys(SHOWN[row["kind"]]), "cpu_ms_per_item": None}
    shown = [f"{name} {_number(row.get(name))}" for name in names if name in row]
    if row.get("check_errors"):
        shown.append(f"CHECKS BROKE {row['check_errors']}")
    return f"{row['kind']:<10} {row['name']:<32} n {row['n']:>5}  " + "  ".join(shown)


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"written to {path}")


if __name__ == "__main__":
    sys.exit(main())
