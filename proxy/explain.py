"""What the policy says about a request, without calling a model: `handrail explain`."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from policies.decide import decide
from policies.errors import RequestError
from policies.text import Raw
from policies.turn import Turn
from proxy.snapshot import Snapshot
from proxy.stages.redact import Redact
from proxy.wire.request import parse_body, take_extras
from validators.base import Scope
from validators.risk.account import account_amounts
from validators.run import run_checks


@dataclass(frozen=True, slots=True)
class Given:
    """What a running server would know besides the request."""

    contacts: int = 1
    tightened: frozenset[str] = frozenset()
    at: float | None = None
    """Unix time in seconds; None is now."""


async def explain(snapshot: Snapshot, body: Mapping[str, Any], given: Given) -> Turn:
    """Return the turn of a chat completion request as it is before a model is called.

    Its decision is set: `Deliver` means that a machine may answer. Nothing is recorded.
    Raises `RequestError`.
    """
    try:
        data = orjson.dumps({"model": "default", **body})
    except TypeError:
        raise RequestError("The request is not plain JSON.") from None
    received, extras = take_extras(parse_body(data), None)
    turn = Turn(
        id=f"hr_{secrets.token_hex(12)}",
        request_id="",
        created=time.time() if given.at is None else given.at,
        received=Raw(received),
        policy=snapshot.policy,
        config_hash=snapshot.hash,
        scope=extras.scope,
        locale=extras.locale,
        contacts=given.contacts,
        tightened=given.tightened,
        knowledge_revision=snapshot.knowledge.revision,
    )
    turn = await Redact(snapshot.redactor, snapshot.config.knowledge.trust_system_prompt)(turn)
    seen = await snapshot.classifier.classify(turn.conversation)
    amounts = (*seen.amounts, *account_amounts(turn.evidence))
    turn = turn.but(classification=replace(seen, amounts=amounts))
    found, runs = await run_checks(snapshot.checks, Scope.QUESTION, turn.question, turn)
    turn = turn.adding(*found, checks=runs)
    return turn.but(decision=decide(turn.policy, turn))
