"""Puts a gate in front of whatever answers a turn: a model, or the cache. Traced."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from policies.errors import UpstreamError
from policies.policy import Release
from policies.text import Redacted
from policies.turn import Turn, Vault
from proxy.models.base import SCOPE, Finished, ModelClient, ModelEvent, Opened, TextDelta
from proxy.models.fallback import Seen, Target, answer
from proxy.models.price import cost_usd
from proxy.pipeline import Passing
from proxy.stream.events import Event
from proxy.stream.gate import Gate, Restore, Unknown
from proxy.stream.utility import Passthrough, Restorer
from proxy.telemetry import names
from proxy.telemetry.base import AttributeValue, Span, Telemetry
from proxy.telemetry.describe import check_attributes
from validators.base import Scope
from validators.run import Check, Checked, run_checks


@dataclass(frozen=True, slots=True)
class TierPlan:
    """A tier as wired."""

    targets: Sequence[Target]
    retries: int = 1
    deadline_s: float = 120.0


@dataclass(frozen=True, slots=True)
class GateMaker:
    """Makes the gate of each turn."""

    tiers: Mapping[str, TierPlan]
    checks: Sequence[Check]
    restore: Restore
    restorer: type[Restorer]
    telemetry: Telemetry
    release: Release = Release.SENTENCE
    unknown: Unknown = lambda *_: ()
    """Finds placeholders that stand for nothing."""
    unveil: Callable[[ModelClient, Vault], ModelClient] = lambda client, _: client
    """Lets a provider see values, where the operator says so."""

    def __call__(self, turn: Turn, span: Span) -> Passing:
        """Return what will read the answer for `turn` and let it through."""
        source = _Source(self, turn, span)
        if turn.profile == "utility":
            return _Open(Passthrough(turn, self.restorer), source)
        checks = _TracedChecks(self.telemetry, span)
        needed = [c for c in self.checks if c.validator.name not in turn.cache.judged]
        gate = Gate(turn, needed, checks.run, self.restore, self.release, self.unknown)
        return _Open(gate, source)

    async def close(self) -> None:
        """Close the connections to providers."""
        targets = [target for plan in self.tiers.values() for target in plan.targets]
        for client in {id(target.client): target.client for target in targets}.values():
            await client.close()


@dataclass(slots=True)
class _Source:
    """The model's (or the cache's) events, and which model gave them."""

    maker: GateMaker
    turn: Turn
    span: Span
    target: Target | None = None
    attempts: int = 0
    waited_s: float = 0.0
    """Time spent waiting for the model, that is not Handrail's."""

    async def events(self) -> AsyncGenerator[ModelEvent, None]:
        """Open the source; nothing is sent before the first event is asked for."""
        async with aclosing(self._open()) as events:
            while True:
                start = time.perf_counter()
                try:
                    event = await anext(events)
                except StopAsyncIteration:
                    return
                finally:
                    self.waited_s += time.perf_counter() - start
                yield event

    def _open(self) -> AsyncGenerator[ModelEvent, None]:
        if self.turn.cached is not None:
            return replay(self.turn.cached)
        plan = self.maker.tiers.get(self.turn.tier or "")
        if plan is None:
            raise UpstreamError("no tier serves this model", kind="status", retryable=False)
        return answer(
            self._targets(plan.targets),
            {**self.turn.request, SCOPE: self.turn.scope},
            deadline_s=plan.deadline_s,
            retries=plan.retries,
            on_attempt=_Attempts(self),
        )

    def _targets(self, targets: Sequence[Target]) -> list[Target]:
        """Wrap each client once: which are the same decides what is tried again."""
        given = {id(target.client): target.client for target in targets}
        seeing = {key: self.maker.unveil(client, self.turn.vault) for key, client in given.items()}
        return [replace(target, client=seeing[id(target.client)]) for target in targets]

    def describe(self, turn: Turn) -> Turn:
        """Note which model served the turn and what that cost."""
        if self.target is None:
            return turn
        marks = {**turn.marks, "model": self.waited_s * 1000}
        served = replace(
            turn.served,
            provider=self.target.client.provider,
            model=self.target.name,
            attempts=self.attempts,
            cost_usd=cost_usd(turn.served.usage, self.target.price),
        )
        return turn.but(served=served, marks=marks)


async def replay(text: Redacted) -> AsyncGenerator[ModelEvent, None]:
    """Give a stored answer as a model would: it passes the same gate."""
    yield Opened()
    yield TextDelta(0, text)
    yield Finished(0, "stop")


class _Open:
    """A gate with its source: what the pipeline calls `Passing`."""

    def __init__(self, gate: Gate | Passthrough, source: _Source) -> None:
        self._gate = gate
        self._source = source

    @property
    def turn(self) -> Turn:
        return self._source.describe(self._gate.turn)

    @turn.setter
    def turn(self, turn: Turn) -> None:
        self._gate.turn = turn

    def events(self) -> AsyncIterator[Event]:
        return self._gate.run(self._source.events())


@dataclass(slots=True)
class _Attempts:
    """Traces each attempt as a `chat` span, the only one with `gen_ai.*`."""

    source: _Source

    def started(self, target: Target, attempt: int) -> object:
        self.source.target = target
        self.source.attempts = attempt
        request = self.source.turn.request
        attributes: dict[str, AttributeValue] = {
            names.GEN_AI_OPERATION: "chat",
            names.GEN_AI_PROVIDER: target.client.system,
            names.GEN_AI_REQUEST_MODEL: target.model,
            names.GEN_AI_REQUEST_STREAM: bool(request.get("stream")),
            names.ATTEMPT: attempt,
        }
        for key, name in (
            ("max_tokens", names.GEN_AI_REQUEST_MAX_TOKENS),
            ("temperature", names.GEN_AI_REQUEST_TEMPERATURE),
            ("top_p", names.GEN_AI_REQUEST_TOP_P),
        ):
            if isinstance(value := request.get(key), int | float):
                attributes[name] = value
        if self.source.turn.conversation_id:
            attributes[names.GEN_AI_CONVERSATION] = self.source.turn.conversation_id
        span = self.source.maker.telemetry.start(
            names.SPAN_CHAT.format(model=target.model),
            parent=self.source.span,
            kind="client",
            attributes=attributes,
        )
        return _Attempt(span, target, asyncio.get_running_loop().time())

    def ended(self, handle: object, error: UpstreamError | None, seen: Seen) -> None:
        if not isinstance(handle, _Attempt):
            return
        telemetry = self.source.maker.telemetry
        labels = {
            names.GEN_AI_OPERATION: "chat",
            names.GEN_AI_PROVIDER: handle.target.client.system,
            names.GEN_AI_REQUEST_MODEL: handle.target.model,
        }
        handle.span.set(_seen(seen))
        if error is not None:
            handle.span.fail(error.kind)
            labels[names.ERROR_TYPE] = error.kind
        handle.span.end()
        seconds = asyncio.get_running_loop().time() - handle.start
        telemetry.measure(names.MODEL_DURATION, seconds, labels)
        if seen.first_s is not None:
            telemetry.measure(names.MODEL_FIRST_CHUNK, seen.first_s, labels)
        for key, kind in (("prompt_tokens", "input"), ("completion_tokens", "output")):
            if isinstance(count := seen.usage.get(key), int):
                tokens = {**labels, names.GEN_AI_TOKEN_TYPE: kind}
                telemetry.measure(names.MODEL_TOKENS, count, tokens)


@dataclass(frozen=True, slots=True)
class _Attempt:
    span: Span
    target: Target
    start: float = field(default=0.0)


def _seen(seen: Seen) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    if seen.opened is not None:
        attributes[names.GEN_AI_RESPONSE_ID] = seen.opened.id
        attributes[names.GEN_AI_RESPONSE_MODEL] = seen.opened.model
    if seen.finish_reasons:
        attributes[names.GEN_AI_FINISH_REASONS] = seen.finish_reasons
    if seen.first_s is not None:
        attributes[names.GEN_AI_TIME_TO_FIRST_CHUNK] = seen.first_s
    for key, name in (
        ("prompt_tokens", names.GEN_AI_INPUT_TOKENS),
        ("completion_tokens", names.GEN_AI_OUTPUT_TOKENS),
    ):
        if isinstance(count := seen.usage.get(key), int):
            attributes[name] = count
    return attributes


@dataclass(slots=True)
class _TracedChecks:
    """Runs checks together, each under a span of its own."""

    telemetry: Telemetry
    parent: Span
    sentence: int = -1

    async def run(
        self, checks: Sequence[Check], scope: Scope, text: Redacted, turn: Turn
    ) -> Checked:
        chosen = [check for check in checks if check.validator.scope is scope]
        if not chosen:
            return (), ()
        self.sentence += scope is Scope.SENTENCE
        if len(chosen) == 1:
            return await self._one(chosen[0], text, turn)
        results = await asyncio.gather(*(self._one(check, text, turn) for check in chosen))
        findings = tuple(f for found, _ in results for f in found)
        return findings, tuple(run for _, runs in results for run in runs)

    async def _one(self, check: Check, text: Redacted, turn: Turn) -> Checked:
        name = check.validator.name
        span = self.telemetry.start(names.SPAN_VALIDATE.format(validator=name), parent=self.parent)
        try:
            found, runs = await run_checks([check], check.validator.scope, text, turn)
            for run in runs:
                span.set(check_attributes(run, self.sentence))
                if run.error_type is not None:
                    span.fail(run.error_type)
                labels = {"validator": name, "outcome": run.outcome.value}
                self.telemetry.count(names.VALIDATOR_OUTCOMES, 1, labels)
                seconds = run.duration_ms / 1000
                self.telemetry.measure(names.VALIDATOR_DURATION, seconds, {"validator": name})
        finally:
            span.end()
        return found, runs
