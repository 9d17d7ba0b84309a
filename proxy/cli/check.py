"""`handrail check`."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from policies.errors import ConfigError, Problem
from proxy.cli.inspection import Inspection, inspect
from proxy.cli.knowledge_lint import MOST_SHOWN, print_quick, quick_lint, report_json
from proxy.cli.options import config_option, json_option
from proxy.cli.policy_lint import lint_policy
from proxy.config.load import load_config
from validators.knowledge.lint.report import Report


@click.command("check")
@config_option
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@json_option
def command(config_path: Path, strict: bool, as_json: bool) -> None:
    """Check configuration, policy, knowledge and validators; tell all problems at once."""
    linted = Report()
    try:
        loaded = load_config(config_path)
        seen = inspect(loaded)
        if not seen.problems:
            linted = quick_lint(loaded)
            seen = replace(seen, warnings=(*seen.warnings, *lint_policy(loaded)))
    except ConfigError as error:
        seen = Inspection(problems=error.problems)
    ok = not seen.problems and not (strict and seen.warnings)
    if as_json:
        shown = {**_as_json(seen, ok=ok), "knowledge_lint": report_json(linted, most=MOST_SHOWN)}
        click.echo(json.dumps(shown))
    else:
        _print(config_path, seen, ok=ok)
        print_quick(linted)
    sys.exit(0 if ok else 1)


def _as_json(seen: Inspection, *, ok: bool) -> dict[str, Any]:
    return {
        "ok": ok,
        "problems": [asdict(p) for p in seen.problems],
        "warnings": [asdict(w) for w in seen.warnings],
        **seen.summary,
        "calibration": seen.calibration,
    }


def _print(path: Path, seen: Inspection, *, ok: bool) -> None:
    for problem in seen.problems:
        click.echo(str(problem), err=True)
    for warning in seen.warnings:
        click.echo(str(_as_warning(warning)), err=True)
    if not ok:
        counts = f"{_count(seen.problems, 'problem')}, {_count(seen.warnings, 'warning')}"
        click.echo(f"{path}: {counts}", err=True)
        return
    shown = ", ".join(f"{n} {name}" for name, n in seen.summary.items())
    click.echo(f"{path} is valid: {shown}")
    click.echo(f"calibration of confidence: {seen.calibration}")


def _as_warning(problem: Problem) -> Problem:
    return Problem(problem.file, problem.line, problem.key, f"warning: {problem.message}")


def _count(found: tuple[Problem, ...], name: str) -> str:
    return f"{len(found)} {name}{'' if len(found) == 1 else 's'}"
