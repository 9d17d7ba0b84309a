"""`handrail knowledge lint`, and the few lines of it that `handrail check` shows."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import click

from proxy.cli.options import json_option, load
from proxy.config.load import Loaded
from proxy.wiring import read_pages
from validators.knowledge.lint.locate import Locator
from validators.knowledge.lint.report import Place, Remark, RemarkKind, Report
from validators.knowledge.lint.run import Limits, lint_pages

MOST_SHOWN: Final = 5
_QUICK: Final = Limits(seconds=10.0, pages=2000)
_QUOTE: Final = 200
_NAMES: Final = {
    RemarkKind.CONTRADICTION: ("contradiction", "contradictions"),
    RemarkKind.DUPLICATE: ("copy", "copies"),
    RemarkKind.NO_TEXT: ("page without text", "pages without text"),
    RemarkKind.NO_FACTS: ("page without facts", "pages without facts"),
    RemarkKind.SCOPE: ("doubtful scope", "doubtful scopes"),
    RemarkKind.INTERNAL_LINK: ("link to an internal page", "links to internal pages"),
}


@click.command("lint")
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration file.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if there is any remark.")
@json_option
@click.pass_context
def lint(context: click.Context, config_path: Path | None, strict: bool, as_json: bool) -> None:
    """Point at contradictions, copies, pages without facts and doubtful scopes."""
    loaded = load(config_path or context.obj)
    report = located(lint_pages(read_pages(loaded)), loaded)
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False))
    else:
        for remark in report.remarks:
            click.echo(_described(remark))
        click.echo(_summed_up(report), err=True)
    sys.exit(1 if strict and report.remarks else 0)


def quick_lint(loaded: Loaded) -> Report:
    """Lint within a bound of time and size. Raises `KnowledgeError` for unreadable pages."""
    return located(lint_pages(read_pages(loaded), _QUICK), loaded)


def print_quick(report: Report) -> None:
    """Print one line on the pages and the surest remarks as warnings, to the error stream."""
    for remark in report.remarks[:MOST_SHOWN]:
        click.echo(f"{_where(remark.places[0])}: warning: {_line(remark)}", err=True)
    if report.remarks or report.notes:
        click.echo(f"{_summed_up(report)}; all: handrail knowledge lint", err=True)


def report_json(report: Report, most: int | None = None) -> dict[str, Any]:
    """Return a report for machines, with at most `most` remarks.

    docs/knowledge_lint.md tells what the keys mean.
    """
    return {
        "pages": report.pages,
        "statements": report.statements,
        "seconds": round(report.seconds, 3),
        "counts": {kind.value: report.count(kind) for kind in RemarkKind},
        "notes": list(report.notes),
        "remarks": [asdict(remark) for remark in report.remarks[:most]],
    }


def located(report: Report, loaded: Loaded) -> Report:
    """Fill in the lines of the quotes where a page is a whole file."""
    locator = Locator(lambda name: _text(loaded.find(name)))
    remarks = tuple(
        replace(r, places=tuple(_located(place, locator) for place in r.places))
        for r in report.remarks
    )
    return replace(report, remarks=remarks)


def _located(place: Place, locator: Locator) -> Place:
    if place.line is not None or not place.quote:
        return place
    return replace(place, line=locator.line(place.file, place.quote))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _described(remark: Remark) -> str:
    lines = [f"{remark.kind.value} ({remark.confidence:.2f}): {remark.message}"]
    for place in remark.places:
        path = " > ".join((place.title, *place.headings))
        lines.append(f"  {_where(place)}  {path}  [{place.page}]")
        if place.quote:
            lines.append(f"    {_short(place.quote)}")
    return "\n".join(lines)


def _line(remark: Remark) -> str:
    told = f"{remark.kind.value} ({remark.confidence:.2f}): {remark.message}"
    others = ", ".join(map(_where, remark.places[1:]))
    return f"{told}; see {others}" if others else told


def _where(place: Place) -> str:
    name = place.file or place.page
    return name if place.line is None else f"{name}:{place.line}"


def _short(quote: str) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE]}…"


def _summed_up(report: Report) -> str:
    counts = [(report.count(kind), _NAMES[kind]) for kind in RemarkKind]
    told = [f"{n} {names[n != 1]}" for n, names in counts if n] or ["nothing to remark"]
    return "; ".join((f"{report.pages} pages: {', '.join(told)}", *report.notes))
