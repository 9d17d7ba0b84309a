"""`handrail eval`."""

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import track

from proxy.cli.evaluate import KINDS, Report, Wish, evaluate
from proxy.cli.evaluate_grounding import GroundingWish, Judging
from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.evals.rows import write_rows
from proxy.evals.worst import worst_lines

T = TypeVar("T")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("eval")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--data", type=_FILE, required=True, help="Labelled data, JSON Lines.")
@config_option
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one prediction per line of the data, in its order.",
)
@click.option("--train", type=_FILE, help="intents: learn from this file, not the policy.")
@click.option("--examples", type=click.IntRange(1), help="intents: this many per intent.")
@click.option(
    "--evidence",
    type=click.Choice(["given", "retrieved"]),
    default="given",
    show_default=True,
    help="grounding: what the data brings, or what is retrieved for each answer.",
)
@click.option("--worst", type=click.IntRange(1), help="grounding: show the N most wrong verdicts.")
@click.option(
    "--ablation",
    is_flag=True,
    help="grounding: measure rules, encoder and cross-encoder alone and combined, too.",
)
@click.option(
    "--judge-accuracy",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    help="grounding: what a judge that is right this often would add (simulated).",
)
@click.option(
    "--judge-share",
    type=click.FloatRange(0, 1, min_open=True),
    help="grounding: share of the answers that this judge is asked about.",
)
@json_option
def command(  # noqa: PLR0913 - one parameter per option
    *,
    kind: str,
    data: Path,
    config_path: Path,
    predictions: Path | None,
    train: Path | None,
    examples: int | None,
    evidence: str,
    worst: int | None,
    ablation: bool,
    judge_accuracy: float | None,
    judge_share: float | None,
    as_json: bool,
) -> None:
    """Measure the configured checks on labelled data. No model is called."""
    if kind != "intents" and (train or examples):
        raise click.UsageError("--train and --examples belong to kind intents")
    if examples and not train:
        raise click.UsageError("--examples needs --train, the file to learn from")
    if kind != "grounding" and (evidence != "given" or worst or ablation):
        raise click.UsageError("--evidence, --worst and --ablation belong to kind grounding")
    judging = _judging(kind, judge_accuracy, judge_share)
    log_to_stderr(logging.ERROR)
    special = GroundingWish(evidence == "retrieved", worst or 0, ablation, judging)
    wish = Wish(kind, data, train, examples, special, progress_bar)
    report = evaluate(load(config_path), wish)
    if broken := report.result.figures.get("check_errors"):
        click.echo(f"warning: checks broke on some answers ({_shown(broken)})", err=True)
    if predictions is not None:
        write_rows(predictions, report.result.predictions)
    if as_json:
        shown = {"kind": kind, **report.result.figures, "ran_on": report.ran_on}
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        _print(kind, report)


def _judging(kind: str, accuracy: float | None, share: float | None) -> Judging | None:
    if accuracy is None and share is None:
        return None
    if kind != "grounding":
        raise click.UsageError("--judge-accuracy and --judge-share belong to kind grounding")
    if accuracy is None or share is None:
        raise click.UsageError("--judge-accuracy and --judge-share are given together")
    return Judging(accuracy, share)


def progress_bar(items: Sequence[T]) -> Iterable[T]:
    """Show a bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    return track(items, "", console=console, transient=True, disable=not sys.stderr.isatty())


def _print(kind: str, report: Report) -> None:
    click.echo(f"{kind} on {report.ran_on['data']}")
    figures = dict(report.result.figures)
    worst = figures.pop("worst", [])
    for line in _lines(figures):
        click.echo(line)
    for line in worst_lines(worst) if worst else ():
        click.echo(line)
    click.echo("ran on")
    for line in _lines(report.ran_on):
        click.echo(line)


def _lines(table: Mapping[str, Any], indent: str = "  ") -> Iterable[str]:
    """Write nested figures as indented lines; a table of tables gets one line per row."""
    width = max((len(str(key)) for key in table), default=0)
    for key, value in table.items():
        if isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values()):
            yield f"{indent}{key}"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{key:<{width}}  {_shown(value)}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{key}={_shown(item)}" for key, item in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
