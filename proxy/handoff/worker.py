"""Delivers what waits in the outbox, beside the requests."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

from policies.errors import StoreError
from proxy.handoff.lane import Clocks, Lane, Runner
from proxy.handoff.outbox import Outbox
from proxy.handoff.sinks.base import HandoffSink
from proxy.telemetry import names
from proxy.telemetry.base import Telemetry

log = logging.getLogger("handrail.handoff")

Sinks = Callable[[], Mapping[str, HandoffSink]]


class DeliveryWorker:
    """Runs one lane per sink. Any number of workers may share one outbox.

    Each event is delivered at least once. It is delivered again only if a process ended,
    or an answer was lost, between the sink's taking it and the note of that; a sink that
    honours the idempotency key takes it exactly once even then.
    """

    def __init__(  # noqa: PLR0913 - what it works with, and pauses with a default
        self,
        outbox: Outbox,
        sinks: Sinks,
        runner: Runner,
        telemetry: Telemetry,
        clocks: Clocks | None = None,
        *,
        poll_s: float = 0.5,
        report_s: float = 5.0,
    ) -> None:
        """`sinks` gives those of the current configuration, at each look, `poll_s` apart."""
        self._outbox = outbox
        self._sinks = sinks
        self._runner = runner
        self._telemetry = telemetry
        self._clocks = clocks or Clocks()
        self._poll_s = poll_s
        self._report_s = report_s
        self._reported: float | None = None
        self._lanes: dict[str, Lane] = {}
        self._running: dict[Lane, asyncio.Task[None]] = {}
        self._strangers: set[str] = set()

    async def run(self, stop: asyncio.Event, *, grace_s: float = 5.0) -> None:
        """Deliver until `stop`; then what is under way gets `grace_s` seconds to end."""
        try:
            while not stop.is_set():
                self._begin(stop)
                await self._report()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._poll_s)
            if self._running:
                await asyncio.wait(self._running.values(), timeout=grace_s)
        finally:
            under_way = [task for task in self._running.values() if not task.done()]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _begin(self, stop: asyncio.Event) -> None:
        """Set each lane going that stands still. A sink of a new configuration starts afresh."""
        before, sinks = self._lanes, self._sinks()
        self._lanes = {name: self._lane(name, sink) for name, sink in sinks.items()}
        for lane in before.values():
            if lane not in self._lanes.values():
                lane.end()
        self._running = {lane: task for lane, task in self._running.items() if not task.done()}
        for lane in self._lanes.values():
            if lane not in self._running:
                task = asyncio.get_running_loop().create_task(lane.drain(stop))
                task.add_done_callback(_told)
                self._running[lane] = task

    def _lane(self, name: str, sink: HandoffSink) -> Lane:
        known = self._lanes.get(name)
        if known is not None and known.sink is sink:
            return known
        return Lane(sink, self._outbox, self._runner, self._telemetry, self._clocks)

    async def _report(self) -> None:
        """Set the gauges, now and then."""
        now = self._clocks.steady()
        if self._reported is not None and now - self._reported < self._report_s:
            return
        self._reported = now
        with suppress(StoreError):  # the lanes tell
            found = await self._runner.run(self._outbox.waiting, self._clocks.wall())
            waiting = {w.sink: (w.pending, w.dead, w.oldest_s) for w in found}
            for sink in sorted({*self._lanes, *waiting}):
                self._gauge(sink, *waiting.get(sink, (0, 0, 0.0)))
                self._tell_stranger(sink)

    def _gauge(self, sink: str, pending: int, dead: int, oldest_s: float) -> None:
        label = {names.HANDOFF_SINK: sink}
        self._telemetry.gauge(names.HANDOFF_QUEUE, pending, {**label, "status": "pending"})
        self._telemetry.gauge(names.HANDOFF_QUEUE, dead, {**label, "status": "dead"})
        self._telemetry.gauge(names.HANDOFF_AGE, oldest_s, label)

    def _tell_stranger(self, sink: str) -> None:
        if sink not in self._lanes and sink not in self._strangers:
            self._strangers.add(sink)
            log.warning("handoffs wait for sink %s, which is not configured any more", sink)


def _told(task: asyncio.Task[None]) -> None:
    """A lane that breaks is begun anew at the next look; the log says that it broke."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("ALARM: a delivery broke off: %s", type(error).__name__)
