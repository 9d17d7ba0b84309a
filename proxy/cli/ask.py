"""`handrail ask`."""

import asyncio
import json
import logging
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from policies.errors import ConfigError, Problem
from policies.text import Raw
from policies.turn import Turn
from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.cli.parts import apart, complete_pages
from proxy.cli.scope import scope_option
from proxy.cli.verdict import verdict_lines
from proxy.config.load import Loaded
from proxy.config.model import Config
from proxy.records.build import decision_record
from proxy.snapshot import Snapshot
from proxy.stream.events import Call, Closed, Failed, Refusal, Text
from proxy.telemetry.base import Span
from proxy.telemetry.memory import MemoryTelemetry
from proxy.wire.request import Received
from proxy.wiring import Overrides, build, open_stores
from validators.base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and for whom."""

    text: str
    scope: dict[str, str]
    locale: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer would have seen, and all that is known about it."""

    text: str
    turn: Turn
    trace: str


@click.command("ask")
@config_option
@click.argument("question")
@click.option("--locale", help="The customer's language, e.g. de-AT.")
@scope_option
@click.option("--model", help="What a bot would send as `model`.")
@click.option("--trace", is_flag=True, help="Print the spans with their times.")
@json_option
def command(  # noqa: PLR0913 - one parameter per option
    *,
    config_path: Path,
    question: str,
    locale: str | None,
    scope: dict[str, str],
    model: str | None,
    trace: bool,
    as_json: bool,
) -> None:
    """Ask as a customer would: prints the answer and why it was passed or withheld.

    Runs the whole pipeline under the configuration, but keeps nothing: a handoff made
    here reaches nobody.
    """
    log_to_stderr(logging.ERROR)
    loaded = load(config_path)
    pages = complete_pages(loaded)
    with apart(loaded) as trial:
        reply = asyncio.run(ask(trial, Question(question, scope, locale, model), pages))
    if as_json:
        click.echo(json.dumps(_as_json(reply, trace=trace), ensure_ascii=False))
    else:
        _print(reply, trace=trace)


async def ask(loaded: Loaded, question: Question, pages: KnowledgeBase | None = None) -> Reply:
    """Run one question through the pipeline of a configuration.

    `pages` take the place of the configured ones.

    Raises `ConfigError`, and `RequestError` where a bot would get an error.
    """
    name = alias_for(loaded.config, question.model)
    telemetry = MemoryTelemetry()
    stores = await asyncio.to_thread(open_stores, loaded, telemetry)
    try:
        snapshot = await asyncio.to_thread(build, loaded, stores, Overrides(knowledge=pages))
        span = telemetry.start("handrail ask")
        try:
            text, turn = await _run(snapshot, _turn(snapshot, question, name, span), span)
        finally:
            await snapshot.settled()
            await snapshot.pipeline.close()
            span.end()
    finally:
        await stores.close()
    return Reply(text, turn, telemetry.tree())


def _turn(snapshot: Snapshot, question: Question, name: str, span: Span) -> Turn:
    body = {"model": name, "messages": [{"role": "user", "content": question.text}]}
    return Turn(
        id=f"hr_{secrets.token_hex(12)}",
        request_id=f"req_{secrets.token_hex(16)}",
        created=time.time(),
        received=Raw(Received(body, [], None, None, None)),
        alias=name,
        profile=snapshot.alias(name).profile,
        trace_id=span.trace_id,
        span_id=span.span_id,
        config_hash=snapshot.hash,
        locale=question.locale,
        scope=question.scope,
        policy=snapshot.policy,
    )


def alias_for(config: Config, wanted: str | None) -> str:
    """Return what to send as `model`. Raises `ConfigError` if there is nothing of that name.

    Without a wish: whatever `*` takes, else the first alias whose answers are checked.
    """
    aliases = config.aliases
    checked = [name for name, alias in aliases.items() if alias.profile == "support"]
    if wanted is None and checked:
        return "default" if "*" in checked and "default" not in aliases else checked[0]
    if wanted is not None and (wanted in aliases or "*" in aliases):
        return wanted
    known = ", ".join(aliases)
    message = f"there is nothing to ask by that name; choose with --model from: {known}"
    raise ConfigError(Problem("config", None, "aliases", message))


async def _run(snapshot: Snapshot, turn: Turn, span: Span) -> tuple[str, Turn]:
    run = snapshot.pipeline.start(turn, span)
    said: list[str] = []
    async for event in run.events():
        match event:
            case Text(text=text) | Refusal(text=text):
                said.append(text)
            case Call(call=call, arguments=arguments):
                said.append(f"{call.name}({arguments})")
            case Failed(error=error):
                raise error
            case Closed(turn=closed):
                turn = closed
    return "".join(said), turn


def _as_json(reply: Reply, *, trace: bool) -> dict[str, Any]:
    shown = {"reply": reply.text, **decision_record(reply.turn)}
    return {**shown, "trace": reply.trace.splitlines()} if trace else shown


def _print(reply: Reply, *, trace: bool) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    console.print(reply.text, markup=False, style="bold")
    console.print()
    for line in verdict_lines(reply.turn):
        console.print(line)
    if trace:
        console.print()
        console.print(reply.trace, markup=False)
