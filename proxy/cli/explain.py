"""`handrail explain`."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from policies.errors import ConfigError, Problem, StoreError
from policies.routing import routing
from policies.rules import CHANNEL, EVERYTHING, language, locales, min_confidence
from policies.turn import Turn
from policies.whatif import Change, Outcome, changes, outcome
from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.cli.parts import NoKnowledge, apart
from proxy.config.load import Loaded
from proxy.explain import Given, explain
from proxy.records.views import rfc3339
from proxy.switch.base import tightened
from proxy.switch.open import open_switches
from proxy.telemetry.memory import MemoryTelemetry
from proxy.wiring import Overrides, build, open_stores

_WIDTH = 12


@click.command("explain")
@config_option
@click.argument("request", metavar="REQUEST.json", type=click.File("rb"))
@click.option("--contacts", type=click.IntRange(1), default=1, help="Which contact this is.")
@click.option("--at", metavar="TIME", help="As if at this time, e.g. 2026-01-31T20:00:00+01:00.")
@json_option
def command(
    config_path: Path, request: IO[bytes], contacts: int, at: str | None, as_json: bool
) -> None:
    """Explain what the policy says about a request: no model is called, nothing is kept.

    REQUEST.json is the body of a chat completion request; - reads it from standard input.
    Shows which rules fired and which single change would change the outcome.
    """
    log_to_stderr(logging.ERROR)
    loaded = load(config_path)
    given = Given(contacts, _tightened(loaded), None if at is None else _unix(at))
    body = _body(request.read(), request.name)
    with apart(loaded) as trial:
        turn = asyncio.run(_explained(trial, body, given))
    found = changes(turn.policy, turn)
    if as_json:
        click.echo(json.dumps(_as_json(turn, found), ensure_ascii=False))
        return
    for line in (*_seen(turn), *_decided(turn), *_alternatives(found)):
        click.echo(line)


def _body(data: bytes, name: str) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        text = "is not valid JSON; give the body of a chat completion request"
        raise ConfigError(Problem(name, None, "", text)) from None
    if not isinstance(body, dict):
        text = 'must be a JSON object such as {"messages": [...]}'
        raise ConfigError(Problem(name, None, "", text))
    return body


def _unix(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a time like 2026-01-31T20:00:00+01:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _tightened(loaded: Loaded) -> frozenset[str]:
    """Return what operators have sent to people where this configuration is served."""
    try:
        with closing(open_switches(loaded)) as store:
            return frozenset(tightened(store.changes()))
    except StoreError:
        return frozenset({EVERYTHING})


async def _explained(trial: Loaded, body: dict[str, Any], given: Given) -> Turn:
    stores = await asyncio.to_thread(open_stores, trial, MemoryTelemetry())
    try:
        # Pages are no part of what is decided before an answer.
        snapshot = await asyncio.to_thread(build, trial, stores, Overrides(knowledge=NoKnowledge()))
        try:
            return await explain(snapshot, body, given)
        finally:
            await snapshot.pipeline.close()
    finally:
        await stores.close()


def _seen(turn: Turn) -> Iterator[str]:
    seen = turn.classification
    if seen is not None:
        others = ", ".join(f"{n} {s:.2f}" for n, s in seen.alternatives if n != seen.intent)
        yield _field("intent", f"{seen.intent} ({seen.score:.2f})" + (f"; {others}" * bool(others)))
        risks = ", ".join(f"{risk} {s:.2f}" for risk, s in sorted(seen.risks.items()))
        yield _field("risks", risks or "none")
        yield _field("sentiment", f"{seen.sentiment:+.2f}")
        if seen.amounts:
            yield _field("amounts", ", ".join(f"{m.value:g} {m.currency}" for m in seen.amounts))
    yield _field("language", language(turn) or "too little text to tell")
    yield _field("contact", str(turn.contacts))
    if CHANNEL in turn.scope:
        yield _field("channel", turn.scope[CHANNEL])
    if (hours := turn.policy.hours) is not None:
        state = "open" if hours.open_at(turn.created) else "closed"
        yield _field("hours", f"{state} at {rfc3339(turn.created)}")


def _decided(turn: Turn) -> Iterator[str]:
    yield _field("outcome", str(outcome(turn.policy, turn)))
    for rule in turn.decision.fired if turn.decision else ():
        yield _field("because", rule)
    goes_to, by = routing(turn)
    where = f"{goes_to.owner}, queue {goes_to.queue}, {goes_to.priority}, {goes_to.sla_minutes} min"
    backup = f"; backup {goes_to.backup}" if goes_to.backup else ""
    yield _field("handoffs", f"to {where}{backup} (by {by})")


def _alternatives(found: tuple[Change, ...]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for change in found:
        groups.setdefault(str(change.outcome), []).append(change.what)
    yield "What would change the outcome:" if groups else "No single change leads elsewhere."
    for where, whats in groups.items():
        yield f"  {where}"
        for what in whats:
            yield f"    {what}"


def _field(name: str, value: str) -> str:
    return f"{name:<{_WIDTH}}{value}"


def _as_json(turn: Turn, found: tuple[Change, ...]) -> dict[str, Any]:
    seen, (goes_to, by) = turn.classification, routing(turn)
    return {
        "intent": {"name": turn.intent, "score": round(seen.score, 4) if seen else 0.0},
        "alternatives": [
            {"intent": n, "score": round(s, 4)} for n, s in (seen.alternatives if seen else ())
        ],
        "risks": {risk.value: round(s, 4) for risk, s in (seen.risks if seen else {}).items()},
        "sentiment": round(seen.sentiment, 4) if seen else 0.0,
        "amounts": [
            {"value": m.value, "currency": m.currency} for m in (seen.amounts if seen else ())
        ],
        "language": language(turn),
        "texts_in": [tag for tag in locales(turn) if tag],
        "contact": turn.contacts,
        "tightened": sorted(turn.tightened),
        "outcome": _outcome(outcome(turn.policy, turn)),
        "fired": list(turn.decision.fired) if turn.decision else [],
        "min_confidence": min_confidence(turn.policy, turn),
        "routing": {
            "owner": goes_to.owner,
            "queue": goes_to.queue,
            "priority": goes_to.priority.value,
            "sla_minutes": goes_to.sla_minutes,
            "backup": goes_to.backup,
            "by": by,
        },
        "changes": [{"what": c.what, "outcome": _outcome(c.outcome)} for c in found],
    }


def _outcome(value: Outcome) -> dict[str, Any]:
    return {
        "summary": str(value),
        "automation": value.automation.value,
        "reason": None if value.reason is None else value.reason.value,
        "model_called": value.drafts,
        "min_confidence": value.min_confidence,
    }
