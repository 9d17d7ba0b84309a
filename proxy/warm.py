"""Fills the answer cache from a list of questions, before customers ask them."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cache.key import lookup_allowed, storable
from policies.errors import RequestError
from policies.policy import Policy
from policies.text import Raw
from policies.turn import Caller, Turn
from proxy.pipeline import Parts, Pipeline
from proxy.stage import Stage
from proxy.stream.events import Closed, Failed
from proxy.telemetry.base import Span, Telemetry
from proxy.wire.request import Received

OPERATOR = "operator"
"""The key id of a turn that an operator started; no bot's key has it."""


@dataclass(slots=True)
class AsOperator:
    """Stands in for authentication: the admin port has checked who asks."""

    name: str = "authenticate"

    async def __call__(self, turn: Turn) -> Turn:
        """Keep the caller."""
        return turn


@dataclass(slots=True)
class Nothing:
    """Stands in for a stage that a question of nobody must not reach."""

    name: str

    async def __call__(self, turn: Turn) -> Turn:
        """Change nothing."""
        return turn


def rehearsal(parts: Parts) -> Pipeline:
    """Return a pipeline that answers as the real one does, hands nothing over, records nothing."""
    instead: dict[str, Stage] = {
        "authenticate": AsOperator(),
        "hold": Nothing("hold"),
        "hand_over": Nothing("hand_over"),
        "record": Nothing("record"),
    }
    return Pipeline(replace(parts, stages=[instead.get(s.name, s) for s in parts.stages]))


@dataclass(frozen=True, slots=True)
class Wish:
    """How the bot will ask: what of a request is part of a cached answer's key."""

    model: str
    system: str | None = None
    """The bot's system prompt, exactly."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of its requests, such as `temperature`."""
    locale: str | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    tenant: str = "default"


@dataclass(frozen=True, slots=True)
class Warmed:
    """What became of one question."""

    status: str
    """`stored`, `known` (there was an answer already) or `refused`."""
    entry_id: str | None = None
    reason: str | None = None
    """Why an answer was not kept."""


@dataclass(frozen=True, slots=True)
class Warmer:
    """Asks the configured models one question after the other. They cost what they cost."""

    pipeline: Pipeline
    telemetry: Telemetry
    policy: Policy
    config_hash: str
    least: float
    """Confidence that an answer needs to be kept."""

    async def warm(self, questions: Sequence[str], wish: Wish) -> list[Warmed]:
        """Return what became of each question, in their order."""
        return [await self._one(question, wish) for question in questions]

    async def _one(self, question: str, wish: Wish) -> Warmed:
        span = self.telemetry.start("handrail.cache.warm")
        try:
            run = self.pipeline.start(self._turn(question, wish, span), span)
            async for event in run.events():
                if isinstance(event, Failed):
                    return Warmed("refused", reason=_why(event.error))
                if isinstance(event, Closed):
                    break
            await run.task
            return self._told(run.turn)
        finally:
            span.end()

    def _told(self, turn: Turn) -> Warmed:
        if turn.cache.status == "hit":
            return Warmed("known", turn.cache.entry_id)
        if turn.cache.status == "store":
            return Warmed("stored", turn.id)
        why = lookup_allowed(turn) or storable(turn, self.least) or "the cache can't be written"
        return Warmed("refused", reason=why)

    def _turn(self, question: str, wish: Wish, span: Span) -> Turn:
        messages = [{"role": "user", "content": question}]
        if wish.system is not None:
            messages.insert(0, {"role": "system", "content": wish.system})
        body = {**wish.parameters, "model": wish.model, "messages": messages}
        return Turn(
            id=f"hr_{secrets.token_hex(12)}",
            request_id=f"req_{secrets.token_hex(16)}",
            created=time.time(),
            received=Raw(Received(body, [], None, None, None)),
            alias=wish.model,
            trace_id=span.trace_id,
            span_id=span.span_id,
            config_hash=self.config_hash,
            locale=wish.locale,
            scope=wish.scope,
            caller=Caller("warm", wish.tenant, OPERATOR),
            policy=self.policy,
        )


def _why(error: RequestError) -> str:
    return error.code or error.kind
