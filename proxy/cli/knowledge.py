"""`handrail knowledge`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from policies.errors import ConfigError, Problem
from policies.knowledge import Passage
from proxy.cli.knowledge_lint import lint
from proxy.cli.options import config_option, json_option, load
from proxy.cli.parts import complete_pages, load_pages
from proxy.cli.scope import scope_option
from validators.knowledge.knowledge import LexicalKnowledge

C = TypeVar("C", bound=Callable[..., Any])

_SNIPPET = 160


def _own_config(function: C) -> C:
    """Take --config behind the subcommand too."""
    option = click.option(
        "--config",
        "config_path",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The configuration file.",
    )
    return option(function)


@click.group("knowledge", invoke_without_command=True)
@config_option
@click.pass_context
def command(context: click.Context, config_path: Path) -> None:
    """Look at the pages that answers are checked against; alone, lists them."""
    context.obj = config_path
    if context.invoked_subcommand is None:
        context.invoke(list_)


@command.command("list")
@_own_config
@json_option
@click.pass_context
def list_(context: click.Context, config_path: Path | None = None, as_json: bool = False) -> None:
    """List all pages: id, audience, scope, number of passages, title."""
    pages = _load(context, config_path)
    rows = [_row(name, pages.pages([name])) for name in pages.page_ids()]
    if as_json:
        click.echo(json.dumps({"revision": pages.revision, "pages": rows}, ensure_ascii=False))
        return
    for row in rows:
        scope = " ".join(f"{key}={value}" for key, value in row["scope"].items()) or "-"
        click.echo(
            f"{row['id']}  {row['audience'] or '-'}  {scope}  {row['passages']}  {row['title']}"
        )
    click.echo(f"{pages.page_count} pages, {len(pages)} passages", err=True)


@command.command("search")
@_own_config
@click.argument("query")
@scope_option
@click.option("--limit", type=click.IntRange(1, 50), help="Default: [knowledge] passages.")
@json_option
@click.pass_context
def search(  # noqa: PLR0913 - one parameter per option
    context: click.Context,
    *,
    config_path: Path | None,
    query: str,
    scope: dict[str, str],
    limit: int | None,
    as_json: bool,
) -> None:
    """Show what is retrieved for a question, best first, internal pages too."""
    loaded = load(config_path or context.obj)
    limit = limit or loaded.config.knowledge.passages
    best = complete_pages(loaded).search(query, scope=scope, limit=limit)
    if as_json:
        click.echo(json.dumps([_passage(p) for p in best], ensure_ascii=False))
        return
    for passage in best:
        click.echo(f"{passage.score:6.2f}  {passage.id}  {_where(passage)}")
        text = " ".join(passage.text.split())
        click.echo(f"        {text[:_SNIPPET]}{'…' if len(text) > _SNIPPET else ''}")
    if not best:
        click.echo("Nothing is found.", err=True)


@command.command("show")
@_own_config
@click.argument("page")
@json_option
@click.pass_context
def show(context: click.Context, config_path: Path | None, page: str, as_json: bool) -> None:
    """Show a page as checks see it: passage by passage."""
    pages = _load(context, config_path)
    if page not in pages.page_ids():
        message = "is not a page's id; `handrail knowledge list` shows them"
        raise ConfigError(Problem("knowledge", None, page, message))
    found = pages.pages([page])
    if as_json:
        click.echo(json.dumps([_passage(p) for p in found], ensure_ascii=False))
        return
    for passage in found:
        click.echo(f"[{passage.id}] {_where(passage)}\n{passage.text}\n")


command.add_command(lint)


def _load(context: click.Context, config_path: Path | None) -> LexicalKnowledge:
    return load_pages(load(config_path or context.obj))


def _row(name: str, passages: tuple[Passage, ...]) -> dict[str, Any]:
    first = passages[0] if passages else None
    return {
        "id": name,
        "title": first.title if first else "",
        "audience": first.audience.value if first else None,
        "scope": dict(first.scope) if first else {},
        "passages": len(passages),
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "page": passage.source_id,
        "title": passage.title,
        "headings": list(passage.headings),
        "audience": passage.audience.value,
        "scope": dict(passage.scope),
        "uri": passage.uri,
        "score": round(passage.score, 4),
        "text": passage.text,
    }


def _where(passage: Passage) -> str:
    scope = " ".join(f"{key}={value}" for key, value in passage.scope.items())
    noted = [note for note in (passage.audience.value, scope) if note not in ("", "customer")]
    path = " > ".join((passage.title, *passage.headings))
    return f"{path} ({', '.join(noted)})" if noted else path
