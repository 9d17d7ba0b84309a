import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.handoff.lane import LEASE_MARGIN_S, TOLERATED, Clocks, Lane
from proxy.handoff.outbox import MAX_WAIT_S, Delivery
from proxy.handoff.sinks.base import DeliveryError
from proxy.records.memory import MemoryRecordStore
from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry
from validators.offload import Offload

NOW = 1_767_225_600.0
Answer = Exception | str | None | Callable[[], Any]


def failure(kind: str = "http_503", **more: Any) -> DeliveryError:
    return DeliveryError(f"desk: {kind}", kind=kind, **more)


@dataclass
class FakeSink:
    """Plays answers; the last serves all further tries."""

    answers: list[Answer]
    name: str = "desk"
    timeout_s: float = 15.0
    retry_s: float = 4.0
    max_attempts: int = 3
    taken: list[str] = field(default_factory=list)

    async def deliver(self, delivery: Delivery) -> str | None:
        self.taken.append(delivery.handoff_id)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            await answer()
            return None
        return answer


class Bench:
    """A lane over a store in memory, with clocks that only the test moves."""

    def __init__(self, io: Offload, *answers: Answer) -> None:
        self.store = MemoryRecordStore()
        self.sink = FakeSink(list(answers))
        self.telemetry = MemoryTelemetry()
        self.wall, self.steady = NOW, 100.0
        clocks = Clocks(lambda: self.wall, lambda: self.steady, lambda: 1.0)
        self.lane = Lane(self.sink, self.store.outbox, io, self.telemetry, clocks, hands=1)

    def add(self, *numbers: int) -> None:
        for number in numbers:
            packet = {
                "handoff_id": f"h{number}",
                "idempotency_key": f"k{number}",
                "created_at": "2026-01-01T00:00:00.000Z",
                "tenant": "acme",
                "conversation": {"id": f"c{number}"},
                "trigger": {"reason_code": "not_in_kb"},
                "routing": {"owner": "shop"},
                "trace": {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"},
            }
            self.store.open_handoff(packet, sinks=["desk"])

    async def drain(self) -> None:
        await self.lane.drain(asyncio.Event())

    def later(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def entry(self, number: int = 0) -> dict[str, Any]:
        return dict(self.store.outbox.entries()[number])


@pytest.fixture
def io() -> Iterator[Offload]:
    made = Offload(2, "test-lane")
    yield made
    made.close()


async def test_everything_that_is_due_is_delivered_and_measured(io: Offload) -> None:
    bench = Bench(io, "35436")
    bench.add(1, 2)
    await bench.drain()
    assert bench.sink.taken == ["h1", "h2"]
    assert bench.entry()["status"] == "delivered"
    assert bench.entry()["reference"] == "35436"
    spans = bench.telemetry.spans
    assert [span.name for span in spans] == [names.SPAN_HANDOFF_SEND] * 2
    assert spans[0].trace_id == "a" * 32
    assert spans[0].attributes[names.HANDOFF_SINK] == "desk"
    measured = [name for name, *_ in bench.telemetry.measures]
    assert measured == [names.HANDOFF_DELIVERY] * 2


async def test_a_failure_is_tried_again_after_growing_pauses(io: Offload) -> None:
    bench = Bench(io, failure(), failure(), None)
    bench.add(1)
    await bench.drain()
    assert bench.entry()["error"] == "http_503"
    bench.later(3.9)
    await bench.drain()
    assert len(bench.sink.taken) == 1
    bench.later(0.1)
    await bench.drain()
    bench.later(7.9)
    await bench.drain()
    assert len(bench.sink.taken) == 2
    bench.later(0.1)
    await bench.drain()
    assert bench.entry()["status"] == "delivered"
    assert bench.entry()["attempts"] == 3
    failures = {names.HANDOFF_SINK.replace(".", "__"): "desk"}
    assert bench.telemetry.total(names.HANDOFF_FAILURES, **failures) == 2


async def test_after_its_last_try_a_delivery_is_given_up_with_an_alarm(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, failure())
    bench.add(1)
    for _ in range(5):
        await bench.drain()
        bench.later(1e5)
    assert len(bench.sink.taken) == bench.sink.max_attempts
    assert bench.entry()["status"] == "dead"
    assert "ALARM: handoff h1" in caplog.text
    assert "handrail handoffs replay h1" in caplog.text
    assert bench.telemetry.total(names.HANDOFF_DEAD) == 1


async def test_what_is_refused_for_what_it_is_holds_up_nothing(io: Offload) -> None:
    bench = Bench(io, failure("http_422", final=True), None)
    bench.add(1, 2)
    await bench.drain()
    assert [bench.entry(n)["status"] for n in (0, 1)] == ["dead", "delivered"]


async def test_retry_after_is_kept_for_the_whole_sink(io: Offload) -> None:
    bench = Bench(io, failure("http_429", retry_after_s=90), None)
    bench.add(1, 2)
    await bench.drain()
    bench.later(89)
    await bench.drain()
    assert bench.sink.taken == ["h1"]
    bench.later(1)
    await bench.drain()
    assert sorted(bench.sink.taken) == ["h1", "h1", "h2"]


async def test_retry_after_has_an_end(io: Offload) -> None:
    bench = Bench(io, failure("http_429", retry_after_s=1e9), None)
    bench.add(1)
    await bench.drain()
    bench.later(MAX_WAIT_S)
    await bench.drain()
    assert bench.entry()["status"] == "delivered"


async def test_a_sink_that_keeps_failing_is_left_in_peace_for_a_while(io: Offload) -> None:
    bench = Bench(io, failure())
    bench.add(*range(20))
    await bench.drain()
    assert len(bench.sink.taken) == TOLERATED + 1
    bench.later(3.9)
    await bench.drain()
    assert len(bench.sink.taken) == TOLERATED + 1
    bench.later(0.1)
    await bench.drain()
    assert len(bench.sink.taken) == TOLERATED + 2


async def test_a_sink_that_is_gone_gets_no_more_and_the_rest_waits(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, failure("gone", final=True, gone=True), None)
    bench.add(1, 2)
    for _ in range(3):
        await bench.drain()
        bench.later(1e5)
    assert bench.sink.taken == ["h1"]
    assert [bench.entry(n)["status"] for n in (0, 1)] == ["dead", "pending"]
    assert "the sink wants no more" in caplog.text


async def test_a_lane_that_is_ended_claims_nothing(io: Offload) -> None:
    bench = Bench(io, None)
    bench.add(1)
    bench.lane.end()
    await bench.drain()
    assert bench.sink.taken == []


async def test_a_sink_that_hangs_is_cut_off_within_its_lease(io: Offload) -> None:
    bench = Bench(io, asyncio.Event().wait)
    bench.sink.timeout_s = 0.02
    bench.add(1)
    await bench.drain()
    assert bench.entry()["error"] == "timeout"
    assert LEASE_MARGIN_S > 0


async def test_a_bug_in_a_sink_is_a_failure_whose_message_is_not_told(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, RuntimeError("PACKET"))
    bench.add(1)
    await bench.drain()
    assert bench.entry()["error"] == "bug"
    assert "RuntimeError" in caplog.text
    assert "PACKET" not in caplog.text


async def test_a_try_that_is_broken_off_gives_its_claim_back(io: Offload) -> None:
    bench = Bench(io, asyncio.Event().wait)
    bench.add(1)
    task = asyncio.ensure_future(bench.drain())
    while not bench.sink.taken:  # noqa: ASYNC110 - a sink knows no events
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [again] = bench.store.outbox.claim("desk", now=NOW, lease_s=1, limit=1)
    assert again.attempt == 1


async def test_tries_that_never_came_to_an_end_count_too(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, None)
    bench.add(1)
    for _ in range(bench.sink.max_attempts):
        assert bench.store.outbox.claim("desk", now=bench.wall, lease_s=1, limit=1)
        bench.later(2)
    await bench.drain()
    assert bench.sink.taken == []
    assert bench.entry()["error"] == "no_result"
    assert "no try came to an end" in caplog.text


class Broken:
    """An outbox some of whose calls fail."""

    def __init__(self, outbox: Any, *calls: str) -> None:
        self._outbox = outbox
        self.calls = set(calls)

    def __getattr__(self, name: str) -> Any:
        if name not in self.calls:
            return getattr(self._outbox, name)

        def fail(*_: Any, **__: Any) -> Any:
            raise StoreError("records: records.db: SQLITE_FULL")

        return fail


async def test_an_outbox_that_cannot_be_read_is_an_alarm_told_once(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, None)
    bench.add(1)
    broken = Broken(bench.store.outbox, "claim")
    bench.lane._outbox = broken  # type: ignore[assignment]
    for _ in range(3):
        await bench.drain()
        bench.later(LEASE_MARGIN_S)
    assert caplog.text.count("ALARM: handoffs can't be read") == 1
    broken.calls.clear()
    await bench.drain()
    assert bench.sink.taken == ["h1"]


async def test_an_outcome_that_cannot_be_noted_is_repeated(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(io, None)
    bench.add(1)
    broken = Broken(bench.store.outbox, "delivered")
    bench.lane._outbox = broken  # type: ignore[assignment]
    await bench.drain()
    assert "it is repeated: records: records.db: SQLITE_FULL" in caplog.text
    broken.calls.clear()
    bench.later(bench.sink.timeout_s + LEASE_MARGIN_S)
    await bench.drain()
    assert bench.sink.taken == ["h1", "h1"]
    assert bench.entry()["status"] == "delivered"


async def test_one_that_fails_once_is_told_once_and_its_recovery_too(
    io: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "handrail.handoff")
    bench = Bench(io, failure(), failure(), None)
    bench.add(1, 2)
    for _ in range(3):
        await bench.drain()
        bench.later(60)
    assert caplog.text.count("tried again: desk: http_503") == 1
    assert caplog.text.count("sink desk takes handoffs again") == 1


@pytest.mark.parametrize("jump", [-1e6, -3600.0, -5.0, 5.0, 3600.0, 1e6])
async def test_a_clock_that_jumps_loses_nothing(io: Offload, jump: float) -> None:
    bench = Bench(io, failure(), None)
    bench.add(1)
    await bench.drain()
    bench.wall += jump
    for _ in range(8):
        bench.later(3600)
        await bench.drain()
    assert bench.entry()["status"] == "delivered"
    assert len(bench.sink.taken) == 2
