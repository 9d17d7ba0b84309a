"""`handrail calibrate`."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from policies.policy import Policy
from proxy import __version__
from proxy.calibrate.answers import DEFAULTS, Judged, Labelled, judge_all, reader
from proxy.calibrate.files import CALIBRATION, PATCH, one_line, write_files
from proxy.calibrate.run import Outcome, Wish, calibrate
from proxy.calibrate.thresholds import Aim
from proxy.cli.eval import progress_bar
from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.cli.parts import NoKnowledge, load_pages
from proxy.config.load import Loaded
from proxy.config.policy import read_policy
from proxy.evals.grounding import Judge
from proxy.evals.rows import read_rows
from proxy.wiring import build_checks
from validators.offload import Offload

_LONGEST_NAME = 100
_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command("calibrate")
@click.option(
    "--data",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Labelled answers: lines of `handrail eval grounding`, each with an `intent` if known.",
)
@config_option
@click.option("--intent", help="Only this intent's threshold; lines without intent count as its.")
@click.option("--risk", type=_SHARE, default=0.01, show_default=True, help="Wrong among delivered.")
@click.option(
    "--confidence", type=_SHARE, default=0.95, show_default=True, help="That the risk is kept."
)
@click.option(
    "--evidence",
    type=click.Choice(["given", "retrieved"]),
    default="given",
    show_default=True,
    help="What the data brings, or what is retrieved for each answer.",
)
@click.option("--keep", is_flag=True, help="Fit nothing: thresholds for the calibration in use.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("calibration"),
    show_default=True,
    help="Folder for calibration, patch and plots.",
)
@json_option
def command(  # noqa: PLR0913 - one parameter per option
    *,
    data: Path,
    config_path: Path,
    intent: str | None,
    risk: float,
    confidence: float,
    evidence: str,
    keep: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Fit confidence to labelled answers, and find thresholds for a stated risk.

    Changes no policy: it writes a calibration, a patch to review, and two plots.
    """
    from proxy.calibrate.plots import write_plots  # noqa: PLC0415 - drawing is loaded when needed

    log_to_stderr(logging.ERROR)
    loaded = load(config_path)
    policy = read_policy(loaded)
    _check_intent(intent, policy)
    rows = read_rows(data, reader(policy.intents, intent or DEFAULTS))
    judged = asyncio.run(_judge(loaded, policy, rows, retrieve=evidence == "retrieved"))
    if broken := Counter(kind for answer in judged for kind in answer.errors):
        shown = ", ".join(f"{kind}={n}" for kind, n in sorted(broken.items()))
        click.echo(f"warning: checks broke on some answers ({shown})", err=True)
    fitting = sum(answer.fits for answer in judged)
    wish = Wish(_label(data, fitting), Aim(risk, confidence), intent, keep)
    outcome = calibrate(judged, policy, wish, str(data))
    write_files(out, outcome, policy, wish)
    write_plots(out, outcome, wish.aim)
    figures = {**outcome.figures, "evidence": evidence, "out": str(out)}
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        for line in _lines(figures, outcome, wish):
            click.echo(line)


def _label(data: Path, fitting: int) -> str:
    name = one_line(data.name)[:_LONGEST_NAME]
    today = datetime.now(tz=UTC).date().isoformat()
    return f"{name}, {today}, {fitting} answers, handrail {__version__}"


def _check_intent(intent: str | None, policy: Policy) -> None:
    if intent is not None and intent not in policy.intents:
        known = ", ".join(sorted(policy.intents))
        raise click.UsageError(f"the policy has no intent {intent!r}; known: {known}")


async def _judge(
    loaded: Loaded, policy: Policy, rows: Sequence[Labelled], *, retrieve: bool
) -> list[Judged]:
    pages, offload = load_pages(loaded), Offload(loaded.config.server.check_threads)
    try:
        judge = Judge(
            policy=policy,
            knowledge=pages,
            given=build_checks(loaded, NoKnowledge(), offload),
            retrieving=build_checks(loaded, pages, offload),
            passages=loaded.config.knowledge.passages,
            retrieve=retrieve,
        )
        return await judge_all(rows, judge, progress_bar)
    finally:
        offload.close()


def _lines(figures: dict[str, Any], outcome: Outcome, wish: Wish) -> Iterator[str]:
    yield (
        f"{figures['n']} answers, {figures['unsupported']} unsupported, of {figures['groups']} "
        f"groups; {figures['fitting']} with claims; a check objects to {figures['objected']}"
    )
    yield f"confidence, with 95 % bootstrap intervals over groups (seed {wish.seed})"
    for name, key in (("configured", "before"), ("fitted, held out", "after")):
        if found := figures[key]:
            yield f"  {name:<16}  {_measures(found)}"
    if outcome.fitted:
        yield f"fitted: {outcome.calibration.label}"
    elif wish.keep:
        yield f"kept: {outcome.calibration.label}"
    else:
        yield (
            f"kept: {outcome.calibration.label}; a fit is no better on held-out answers "
            f"(log loss {figures['not_better']}, configured {figures['before']['log_loss']})"
        )
    aim = wish.aim
    yield (
        f"thresholds: at most {aim.risk:.2%} wrong among the delivered, with {aim.confidence:.0%} "
        f"confidence per intent (at least {aim.needed} delivered are needed)"
    )
    for name, found in figures["thresholds"].items():
        yield f"  {name}: {_threshold(found)}"
    yield f"written to {figures['out']}: {CALIBRATION}, {PATCH} (to review) and two plots"


def _measures(found: dict[str, Any]) -> str:
    shown = [f"{key} {_with_interval(found, key)}" for key in ("ece", "brier", "slope")]
    return "  ".join([*shown, f"log loss {found['log_loss']}"])


def _with_interval(found: dict[str, Any], key: str) -> str:
    ends = found[f"{key}_interval"]
    shown = "-" if found[key] is None else f"{found[key]:.3f}"
    return f"{shown} ({ends[0]:.3f} to {ends[1]:.3f})" if ends else shown


def _threshold(found: dict[str, Any]) -> str:
    if found["why"]:
        return f"none; {found['why']}"
    return (
        f"{found['threshold']:.2f} (now {found['current']:g}): {found['delivered']} of "
        f"{found['answers']} delivered, {found['wrong']} wrong, at most {found['upper_bound']:.2%}"
    )
