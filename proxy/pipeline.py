"""The pipeline: a literal list of stages, the gate between them, and the runner.

    inbound    authenticate -> redact -> classify -> look up -> route
    the gate   over the model's stream (or the cached answer)
    outbound   settle -> hand over -> (the rest leaves) -> remember -> record

Inbound stops at the first decision. Outbound always runs, once, also for a client that
has gone. Every stage is traced and timed here and nowhere else.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.errors import RequestError, UpstreamError
from policies.findings import Finding, Reason, Severity
from policies.turn import Turn
from proxy.stage import Stage
from proxy.stream.conclude import Restore, conclude
from proxy.stream.events import Closed, Event, Failed
from proxy.telemetry import names
from proxy.telemetry.base import Span, Telemetry
from proxy.telemetry.describe import STAGES, pipeline_attributes

log = logging.getLogger("handrail.pipeline")

INBOUND = ("authenticate", "redact", "classify", "look_up", "route")
AFTER_THE_GATE = ("settle", "hand_over")
BEHIND_THE_ANSWER = ("remember", "record")


class Passing(Protocol):
    """What stands between the model and the customer for one request."""

    turn: Turn

    def events(self) -> AsyncIterator[Event]:
        """Read the model's answer and yield what may leave."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """All that the pipeline is made of; built in `wiring.py`."""

    stages: Sequence[Stage]
    """In the order of the list above."""
    gate: Callable[[Turn, Span], Passing]
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

    async def drain(self) -> None:
        """Wait until every turn has been recorded."""
        if self._runs:
            await asyncio.wait(set(self._runs))

    async def step(self, name: str, turn: Turn, parent: Span) -> Turn:
        """Run one stage, traced and timed."""
        look = STAGES[name]
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
        self._queue: asyncio.Queue[Event] = asyncio.Queue(maxsize=64)
        self._interruptible = True
        self.turn = turn
        self.finished = False
        """The last event has been taken."""

    async def events(self) -> AsyncIterator[Event]:
        """Yield what leaves; ends with `Closed` or `Failed`."""
        while True:
            event = await self._queue.get()
            self.finished = isinstance(event, Closed | Failed)
            yield event
            if self.finished:
                return

    def abandon(self) -> None:
        """The client has gone: close the upstream call; what follows still runs."""
        self.turn = self.turn.but(disconnected=True)
        if self._interruptible and not self.task.done():
            self._interruptible = False
            self.task.cancel()
        while not self._queue.empty():
            self._queue.get_nowait()  # whoever waits for room goes on

    async def main(self) -> None:
        """Process the turn to its end, whatever happens."""
        telemetry = self._parts.telemetry
        span = telemetry.start(names.SPAN_PIPELINE, parent=self._server_span)
        start = time.perf_counter()
        try:
            await self._serve(span)
        except RequestError as error:
            span.fail(error.code or error.kind)
            await self._emit(Failed(error, self.turn))
        except Exception as error:  # noqa: BLE001 - the last line: nothing unchecked leaves
            span.fail(type(error).__name__)
            log.error("turn %s failed: %s", self.turn.id, _where(error))  # noqa: TRY400 - frames hold text
            await self._emit(Failed(_internal(), self.turn))
        finally:
            self.turn = self.turn.marked("total", (time.perf_counter() - start) * 1000)
            span.set(pipeline_attributes(self.turn))
            span.end()

    async def _serve(self, span: Span) -> None:
        answered = await self._answer(span)
        self._interruptible = False
        if not answered:
            return
        for name in AFTER_THE_GATE:
            self.turn = await self._pipeline.step(name, self.turn, span)
        start = time.perf_counter()
        turn, events = conclude(self.turn, self._parts.restore, self._parts.restore_json)
        self.turn = turn.but(disconnected=self.turn.disconnected)
        for event in events:
            await self._emit(event)
        self.turn = self.turn.marked("release", (time.perf_counter() - start) * 1000)
        await self._emit(Closed(self.turn))
        for name in BEHIND_THE_ANSWER:
            self.turn = await self._pipeline.step(name, self.turn, span)

    async def _answer(self, span: Span) -> bool:
        """Run the inbound stages and the gate. False if the client left before a question."""
        try:
            for name in INBOUND:
                turn = await self._pipeline.step(name, self.turn, span)
                self.turn = turn.but(disconnected=self.turn.disconnected)
                if self.turn.decision is not None:
                    return True
            await self._pass_gate(span)
        except asyncio.CancelledError:
            if not self.turn.disconnected:
                raise
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            span.event(names.EVENT_DISCONNECTED, {})
            return self.turn.classification is not None
        return True

    async def _pass_gate(self, span: Span) -> None:
        gate = self._parts.gate(self.turn, span)
        start = time.perf_counter()
        try:
            async for event in gate.events():
                await self._emit(event)
        except UpstreamError as error:
            self._upstream_failed(gate, error)
        except Exception as error:
            if gate.turn.profile == "utility":
                raise
            log.error("the gate broke on turn %s: %s", self.turn.id, _where(error))  # noqa: TRY400 - frames hold text
            _break(gate, Reason.CHECK_FAILED, f"checking broke off ({type(error).__name__})")
        finally:
            ms = (time.perf_counter() - start) * 1000
            self.turn = gate.turn.but(disconnected=self.turn.disconnected).marked("gate", ms)

    def _upstream_failed(self, gate: Passing, error: UpstreamError) -> None:
        """Escalate, unless the bot's own request was at fault or nobody would be told."""
        if error.kind == "client" or gate.turn.profile == "utility":
            raise _refusal(error) from None
        _break(gate, Reason.UPSTREAM_FAILED, f"no model could answer ({error.kind})")

    async def _emit(self, event: Event) -> None:
        """Put an event on its way; a client that has gone gets none."""
        if not self.turn.disconnected:
            await self._queue.put(event)


def _break(gate: Passing, kind: Reason, reason: str) -> None:
    finding = Finding(check="gate", kind=kind, severity=Severity.FAIL, reason=reason)
    gate.turn = gate.turn.adding(finding)


def _refusal(error: UpstreamError) -> RequestError:
    """Translate a provider's failure for a request that is not answered."""
    if error.kind == "client":
        status = error.status or 400
        return RequestError(
            f"The model's provider refused the request ({error}).",
            status=status if status in (400, 404, 413, 422) else 400,
            code="upstream_refused",
            retry=False,
        )
    status = {"timeout": 504, "status": error.status or 502}.get(error.kind, 502)
    return RequestError(
        f"No model could answer ({error}).",
        status=status if status in (429, 503, 504) else 502,
        kind="server_error",
        code="upstream_failed",
        retry_after=error.retry_after,
    )


def _internal() -> RequestError:
    return RequestError(
        "Handrail could not process this request; nothing unchecked was sent. The operator "
        "finds the cause in handrail's log under this request's id.",
        status=500,
        kind="server_error",
        code="internal_error",
        retry=False,
    )


def _where(error: BaseException) -> str:
    """Name the type and the place of an error, never its message: it may quote text."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    return f"{type(error).__name__} at {place}"
