"""The deliveries to one sink: claim, try, note the outcome."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

from policies.errors import StoreError
from proxy.handoff.outbox import MAX_WAIT_S, Delivery, Outbox
from proxy.handoff.retry import pause_s
from proxy.handoff.sinks.base import DeliveryError, HandoffSink
from proxy.telemetry import names
from proxy.telemetry.base import Telemetry

P = ParamSpec("P")
R = TypeVar("R")

LEASE_MARGIN_S = 5.0
"""How much longer than its try a claim lasts: time to note the outcome."""
TOLERATED = 4
"""Failures in a row, after which a sink is left in peace for a while."""
LONGEST_REST_S = 60.0
"""A sink that fails rests no longer than this, unless it asked for more."""

log = logging.getLogger("handrail.handoff")


class Runner(Protocol):
    """A doorway to blocking code, as `validators.offload.Offload` is."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a blocking function elsewhere and await its result."""
        ...


@dataclass(frozen=True, slots=True)
class Clocks:
    """Sources of time and chance."""

    wall: Callable[[], float] = time.time
    """Unix time in seconds, for what is stored; it may jump."""
    steady: Callable[[], float] = time.monotonic
    """Seconds, for waiting; it never jumps."""
    chance: Callable[[], float] = random.random
    """From 0 to 1."""


class Lane:
    """Delivers to one sink. A sink that fails holds up no other, and is left in peace a while."""

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        sink: HandoffSink,
        outbox: Outbox,
        runner: Runner,
        telemetry: Telemetry,
        clocks: Clocks,
        *,
        hands: int = 8,
    ) -> None:
        """`hands` is how many deliveries are tried at once, at most."""
        self.sink = sink
        self._outbox = outbox
        self._runner = runner
        self._telemetry = telemetry
        self._clocks = clocks
        self._hands = hands
        self._failures = 0
        self._rests_until = clocks.steady()
        self._ended = False
        self._store_failed = False

    async def drain(self, stop: asyncio.Event) -> None:
        """Deliver what is due, until nothing is, the sink fails, or `stop`."""
        await asyncio.gather(*(self._take(stop) for _ in range(self._hands)))

    async def _take(self, stop: asyncio.Event) -> None:
        """One after the other: a try that hangs holds up only this pair of hands."""
        while not stop.is_set() and not self._ended and self._clocks.steady() >= self._rests_until:
            claimed = await self._claim()
            if not claimed:
                return
            for delivery in claimed:
                await self._one(delivery)

    def end(self) -> None:
        """Claim nothing any more; what is under way goes on."""
        self._ended = True

    async def _claim(self) -> Sequence[Delivery]:
        try:
            found = await self._runner.run(
                self._outbox.claim,
                self.sink.name,
                now=self._clocks.wall(),
                lease_s=self.sink.timeout_s + LEASE_MARGIN_S,
                limit=1,
            )
        except StoreError as error:
            if not self._store_failed:
                log.error("ALARM: handoffs can't be read, none is delivered: %s", error)  # noqa: TRY400 - one line
            self._store_failed = True
            self._rest(LEASE_MARGIN_S)
            return ()
        self._store_failed = False
        return found

    async def _one(self, delivery: Delivery) -> None:
        if delivery.attempt > self.sink.max_attempts:
            # Each of its tries ended without a word: the process was killed.
            error = DeliveryError(f"{self.sink.name}: no try came to an end", kind="no_result")
            await self._bury(delivery, error)
            return
        try:
            reference, error_or_none = await self._try(delivery)
        except asyncio.CancelledError:
            await self._note(lambda: self._outbox.release(delivery))
            raise
        if error_or_none is None:
            await self._done(delivery, reference)
        else:
            await self._failed(delivery, error_or_none)

    async def _try(self, delivery: Delivery) -> tuple[str | None, DeliveryError | None]:
        """Call the sink, traced and timed."""
        span = self._telemetry.start(
            names.SPAN_HANDOFF_SEND,
            kind="client",
            attributes={
                names.HANDOFF_ID: delivery.handoff_id,
                names.HANDOFF_SINK: self.sink.name,
                names.HANDOFF_ATTEMPT: delivery.attempt,
            },
            traceparent=_traceparent(delivery),
        )
        start = self._clocks.steady()
        labels = {names.HANDOFF_SINK: self.sink.name}
        try:
            reference, error = await self._call(delivery)
            if error is not None:
                span.fail(error.kind)
                labels |= {names.ERROR_TYPE: error.kind}
                self._telemetry.count(names.HANDOFF_FAILURES, 1, labels)
        finally:
            span.end()
        seconds = max(0.0, self._clocks.steady() - start)
        self._telemetry.measure(names.HANDOFF_DELIVERY, seconds, labels)
        return reference, error

    async def _call(self, delivery: Delivery) -> tuple[str | None, DeliveryError | None]:
        name, limit = self.sink.name, self.sink.timeout_s
        try:
            async with asyncio.timeout(limit):
                return await self.sink.deliver(delivery), None
        except DeliveryError as error:
            return None, error
        except TimeoutError:
            return None, DeliveryError(f"{name}: no answer within {limit:g} s", kind="timeout")
        except Exception as error:  # noqa: BLE001 - a bug in one sink must not stop the others
            # The message of a foreign error may quote the packet.
            return None, DeliveryError(f"{name}: {type(error).__name__}", kind="bug")

    async def _done(self, delivery: Delivery, reference: str | None) -> None:
        if self._failures:
            log.info("sink %s takes handoffs again", self.sink.name)
        self._failures = 0
        now = self._clocks.wall()
        await self._note(lambda: self._outbox.delivered(delivery, now=now, reference=reference))

    async def _failed(self, delivery: Delivery, error: DeliveryError) -> None:
        if error.gone:
            self._ended = True
            log.error("ALARM: %s: the sink wants no more; change or remove it", error)
        if error.final or delivery.attempt >= self.sink.max_attempts:
            await self._bury(delivery, error)
            return
        self._failures += 1
        if self._failures == 1:
            log.warning("handoff %s not delivered, tried again: %s", delivery.handoff_id, error)
        chance, asked = self._clocks.chance(), error.retry_after_s
        first = self.sink.retry_s
        pause = pause_s(delivery.attempt, first, chance=chance, asked_s=asked)
        rest = 0.0
        if (lasting := self._failures - TOLERATED) > 0:
            rest = min(pause_s(lasting, first, chance=chance), LONGEST_REST_S)
        self._rest(min(max(rest, asked or 0.0), MAX_WAIT_S))
        due_at = self._clocks.wall() + pause
        await self._note(lambda: self._outbox.postpone(delivery, due_at=due_at, error=error.kind))

    async def _bury(self, delivery: Delivery, error: DeliveryError) -> None:
        now = self._clocks.wall()
        if await self._note(lambda: self._outbox.bury(delivery, now=now, error=error.kind)):
            labels = {names.HANDOFF_SINK: self.sink.name, names.ERROR_TYPE: error.kind}
            self._telemetry.count(names.HANDOFF_DEAD, 1, labels)
            log.error(
                "ALARM: handoff %s was not delivered and is given up: %s; when that is mended: "
                "handrail handoffs replay %s",
                *(delivery.handoff_id, error, delivery.handoff_id),
            )

    def _rest(self, seconds: float) -> None:
        self._rests_until = max(self._rests_until, self._clocks.steady() + seconds)

    async def _note(self, change: Callable[[], bool | None]) -> bool:
        """Write an outcome; if that fails, the claim runs out and the delivery is tried again."""
        try:
            return await self._runner.run(change) is not False
        except StoreError as error:
            log.error("the outcome of a delivery could not be noted, it is repeated: %s", error)  # noqa: TRY400 - one line
            return False


def _traceparent(delivery: Delivery) -> str | None:
    trace = delivery.data.get("trace")
    found = trace.get("traceparent") if isinstance(trace, dict) else None
    return found if isinstance(found, str) else None
