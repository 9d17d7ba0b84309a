"""`handrail check`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from policies.errors import ConfigError, Problem
from proxy.cli.inspection import Inspection, inspect
from proxy.cli.options import config_option, json_option
from proxy.config.load import load_config


@click.command("check")
@config_option
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@json_option
def command(config_path: Path, strict: bool, as_json: bool) -> None:
    """Check configuration, policy, knowledge and validators; tell all problems at once."""
    try:
        seen = inspect(load_config(config_path))
    except ConfigError as error:
        seen = Inspection(problems=error.problems)
    ok = not seen.problems and not (strict and seen.warnings)
    if as_json:
        click.echo(json.dumps(_as_json(seen, ok=ok)))
    else:
        _print(config_path, seen, ok=ok)
    sys.exit(0 if ok else 1)


def _as_json(seen: Inspection, *, ok: bool) -> dict[str, Any]:
    return {
        "ok": ok,
        "problems": [asdict(p) for p in seen.problems],
        "warnings": [asdict(w) for w in seen.warnings],
        **seen.summary,
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


def _as_warning(problem: Problem) -> Problem:
    return Problem(problem.file, problem.line, problem.key, f"warning: {problem.message}")


def _count(found: tuple[Problem, ...], name: str) -> str:
    return f"{len(found)} {name}{'' if len(found) == 1 else 's'}"
