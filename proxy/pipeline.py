"""The pipeline: a literal list of stages, the gate between them, and the runner.

    inbound    authenticate -> redact -> hold -> classify -> look up -> route
    the gate   over the model's stream (or the cached answer)
    outbound   settle -> hand over -> (the rest leaves) -> remember -> record

Inbound stops at the first decision. Outbound always runs, once, also for a client that
has gone. Every stage is traced and timed here and nowhere else.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol

from policies.errors import RequestError, UpstreamError
from policies.findings import Finding, Reason, Severity
from policies.turn import Turn
from proxy.meter import meter
from proxy.refusals import internal, refusal, where
from proxy.stage import Stage
from proxy.stream.conclude import Restore, conclude
from proxy.stream.events import Closed, Event, Failed
from proxy.telemetry import names
from proxy.telemetry.base import Span, Telemetry
from proxy.telemetry.describe import STAGES, pipeline_attributes

log = logging.getLogger("handrail.pipeline")

INBOUND = ("authenticate", "redact", "hold", "classify", "look_up", "route")
AFTER_THE_GATE = ("settle", "hand_over")
BEHIND_THE_ANSWER = ("remember", "record")


class Passing(Protocol):
    """What stands between the model and the customer for one request."""

    turn: Turn

    def events(self) -> AsyncIterator[Event]:
        """Read the model's answer and yield what may leave; closing it closes the model's call."""
        ...


class Gates(Protocol):
    """Makes the gate of each turn."""

    def __call__(self, turn: Turn, span: Span) -> Passing:
        """Return what will read the answer for `turn` and let it through."""
        ...

    async def close(self) -> None:
        """Close the connections to providers."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """All that the pipeline is made of; built in `wiring.py`."""

    stages: Sequence[Stage]
    """In the order of the list above."""
    gate: Gates
    restore: Restore
    restore_json: Restore
    telemetry: Telemetry


class Pipeline:
    """Runs turns."""

    def __init__(self, parts: Parts) -> None:
        """Check that the stages are those of the list, in its order."""
        found = tuple(stage.name for stage in parts.stages)
        if found != (expected := INBOUND + AFTER_THE_GATE + BEHIND_THE_ANSWER):
            msg = f"the pipeline's stages must be {expected}, got {found}"
            raise ValueError(msg)
        self.parts = parts
        self._stages = {stage.name: stage for stage in parts.stages}
        self._runs: set[asyncio.Task[None]] = set()

    def start(self, turn: Turn, span: Span) -> "Run":
        """Begin to process a turn; `span` is the server's span of the request."""
        run = Run(self, turn, span)
        task = asyncio.create_task(run.main())
        run.task = task
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)
        return run

    async def drain(self, timeout_s: float | None = None) -> None:
        """Wait until every turn has been recorded, `timeout_s` seconds at most."""
        if self._runs:
            await asyncio.wait(set(self._runs), timeout=timeout_s)

    async def close(self, timeout_s: float | None = None) -> None:
        """Drain, then close the connections to providers. For a pipeline that starts no more."""
        await self.drain(timeout_s)
        await self.parts.gate.close()

    async def step(self, name: str, turn: Turn, parent: Span) -> Turn:
        """Run one stage, traced and timed."""
        look = STAGES[name]
        if not look.applies(turn):
            return await self._stages[name](turn)
        span = self.parts.telemetry.start(look.span, parent=parent, kind=look.kind)
        start = time.perf_counter()
        try:
            turn = await self._stages[name](turn)
            span.set(look.describe(turn))
        except BaseException as error:
            span.fail(type(error).__name__)
            raise
        finally:
            seconds = time.perf_counter() - start
            span.end()
            self.parts.telemetry.measure(names.STAGE_DURATION, seconds, {"stage": name})
        return turn.marked(name, seconds * 1000)


class Run:
    """One turn on its way. Events come out of `events()`; `abandon()` when the client left."""

    task: "asyncio.Task[None]"

    def __init__(self, pipeline: Pipeline, turn: Turn, span: Span) -> None:
        """Prepare; `Pipeline.start` starts it."""
        self._pipeline = pipeline
        self._parts = pipeline.parts
        self._server_span = span
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=64)
        self._begun = time.perf_counter()
        self._at_gate = False
        self._spoke = False
        self.turn = turn
        self.gone = False
        """The client left before the end."""
        self.finished = False
        """The last event has been taken."""

    async def events(self) -> AsyncIterator[Event]:
        """Yield what leaves; ends with `Closed` or `Failed`, or when the run is abandoned."""
        while (event := await self._queue.get()) is not None:
            self.finished = isinstance(event, Closed | Failed)
            yield event
            if self.finished:
                return

    def abandon(self) -> None:
        """The client has gone: close the upstream call; what follows still runs.

        Only the gate is broken off. The stages before it take milliseconds, and what they
        find (a person in danger, say) must not get lost with the connection.
        """
        if self.gone or self.finished:
            return
        self.gone = True
        if self._at_gate:
            self.task.cancel()
        while not self._queue.empty():
            self._queue.get_nowait()  # whoever waits for room goes on
        self._queue.put_nowait(None)

    async def main(self) -> None:
        """Process the turn to its end, whatever happens."""
        span = self._parts.telemetry.start(names.SPAN_PIPELINE, parent=self._server_span)
        try:
            await self._serve(span)
        except RequestError as error:
            span.fail(error.code or error.kind)
            await self._emit(Failed(error, self.turn))
        except Exception as error:  # noqa: BLE001 - the last line: nothing unchecked leaves
            span.fail(type(error).__name__)
            log.error("turn %s failed: %s", self.turn.id, where(error))  # noqa: TRY400 - frames hold text
            await self._emit(Failed(internal(), self.turn))
        finally:
            self.turn = self.turn.marked("total", (time.perf_counter() - self._begun) * 1000)
            if self.gone:
                span.event(names.EVENT_DISCONNECTED, {})
            span.set(pipeline_attributes(self.turn))
            span.end()
            meter(self._parts.telemetry, self.turn)

    async def _serve(self, span: Span) -> None:
        await self._answer(span)
        for name in AFTER_THE_GATE:
            await self._step(name, span)
        start = time.perf_counter()
        self.turn, events = conclude(self.turn, self._parts.restore, self._parts.restore_json)
        for event in events:
            await self._emit(event)
        self.turn = self.turn.marked("release", (time.perf_counter() - start) * 1000)
        await self._emit(Closed(self.turn))
        for name in BEHIND_THE_ANSWER:
            try:
                await self._step(name, span)
            except Exception as error:  # noqa: BLE001 - the answer has left; the next stage still runs
                log.error("turn %s: %s failed: %s", self.turn.id, name, where(error))  # noqa: TRY400 - frames hold text

    async def _step(self, name: str, span: Span) -> None:
        turn = self.turn.but(disconnected=self.gone)
        self.turn = await self._pipeline.step(name, turn, span)

    async def _answer(self, span: Span) -> None:
        """Run the inbound stages, and the gate unless something was decided or nobody waits."""
        for name in INBOUND:
            await self._step(name, span)
            if self.turn.decision is not None:
                return
        if not self.gone:
            await self._pass_gate(span)

    async def _pass_gate(self, span: Span) -> None:
        gate = self._parts.gate(self.turn, span)
        start = time.perf_counter()
        self._at_gate = True
        try:
            async with aclosing(gate.events()) as events:  # type: ignore[type-var]  # every gate's is a generator
                async for event in events:
                    await self._emit(event)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self.gone or task is None or task.uncancel():
                raise  # not, or not only, for the client's sake
        except UpstreamError as error:
            _upstream_failed(gate, error)
        except Exception as error:
            if gate.turn.profile == "utility":
                raise
            log.error("the gate broke on turn %s: %s", self.turn.id, where(error))  # noqa: TRY400 - frames hold text
            _break(gate, Reason.CHECK_FAILED, f"checking broke off ({type(error).__name__})")
        finally:
            self._at_gate = False
            ms = (time.perf_counter() - start) * 1000
            self.turn = gate.turn.marked("gate", ms)

    async def _emit(self, event: Event) -> None:
        """Put an event on its way; a client that has gone gets none."""
        if self.gone:
            return
        if not self._spoke and not isinstance(event, Closed | Failed):
            self._spoke = True
            seconds = time.perf_counter() - self._begun
            self._parts.telemetry.measure(names.FIRST_CONTENT, seconds)
        await self._queue.put(event)


def _upstream_failed(gate: Passing, error: UpstreamError) -> None:
    """Escalate, unless the bot's own request was at fault or nobody would be told.

    A model that its provider does not know is the operator's mistake, not the bot's.
    """
    refused = error.kind == "client" and error.status != HTTPStatus.NOT_FOUND
    if refused or gate.turn.profile == "utility":
        raise refusal(error) from None
    gate.turn = gate.turn.but(served=replace(gate.turn.served, error=error.kind))
    _break(gate, Reason.UPSTREAM_FAILED, f"no model could answer ({error.kind})")


def _break(gate: Passing, kind: Reason, reason: str) -> None:
    finding = Finding(check="gate", kind=kind, severity=Severity.FAIL, reason=reason)
    # In shadow mode the answer stays as it is; here there is none, so the turn is enforced.
    gate.turn = gate.turn.adding(finding).but(shadow=False)
