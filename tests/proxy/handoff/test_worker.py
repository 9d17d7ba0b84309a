import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from proxy.handoff.outbox import Delivery
from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.worker import DeliveryWorker
from proxy.records.memory import MemoryRecordStore
from proxy.records.sql import SqlRecordStore
from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry
from validators.offload import Offload

ROOT = Path(__file__).parents[3]


class FakeSink:
    """Takes everything, or hangs, or fails."""

    timeout_s = 30.0
    retry_s = 0.01
    max_attempts = 50

    def __init__(self, name: str, *, hangs: bool = False, fails: int = 0) -> None:
        self.name = name
        self.hangs = hangs
        self.fails = fails
        self.taken: list[str] = []

    async def deliver(self, delivery: Delivery) -> str | None:
        self.taken.append(delivery.handoff_id)
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            self.fails -= 1
            raise DeliveryError(f"{self.name}: http_503", kind="http_503")
        return None


def packet(number: int) -> dict[str, Any]:
    return {
        "handoff_id": f"h{number}",
        "idempotency_key": f"k{number}",
        "created_at": "2026-01-01T00:00:00.000Z",
        "tenant": "acme",
        "conversation": {"id": f"c{number}"},
        "trigger": {"reason_code": "not_in_kb"},
        "routing": {"owner": "shop"},
    }


class Working:
    """A worker under way."""

    def __init__(self, store: Any, io: Offload, *sinks: FakeSink) -> None:
        self.store = store
        self.sinks = {sink.name: sink for sink in sinks}
        self.telemetry = MemoryTelemetry()
        self.stop = asyncio.Event()
        worker = DeliveryWorker(
            store.outbox, lambda: self.sinks, io, self.telemetry, poll_s=0.005, report_s=0.005
        )
        self.task = asyncio.ensure_future(worker.run(self.stop, grace_s=0.05))

    async def end(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 20)


Work = Callable[..., Working]


@pytest.fixture
async def work() -> AsyncIterator[Work]:
    """Return `start(*sinks)`: a worker over a store in memory."""
    io, made = Offload(4, "test-worker"), []

    def start(*sinks: FakeSink, store: Any = None) -> Working:
        made.append(Working(store or MemoryRecordStore(), io, *sinks))
        return made[-1]

    yield start
    for working in made:
        await working.end()
    io.close()


async def test_each_sink_gets_what_is_for_it_as_it_comes(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk"), FakeSink("hook"))
    working.store.open_handoff(packet(1), sinks=["desk", "hook"])
    await kit.until(lambda: working.sinks["hook"].taken and working.sinks["desk"].taken)
    working.store.open_handoff(packet(2), sinks=["hook"])
    await kit.until(lambda: working.sinks["hook"].taken == ["h1", "h2"])
    assert working.sinks["desk"].taken == ["h1"]


async def test_a_sink_that_hangs_holds_up_no_other(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk", hangs=True), FakeSink("hook"))
    for number in range(20):
        working.store.open_handoff(packet(number), sinks=["desk", "hook"])
    await kit.until(lambda: len(working.sinks["hook"].taken) == 20)


async def test_failures_are_made_good_in_time(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk", fails=5))
    for number in range(5):
        working.store.open_handoff(packet(number), sinks=["desk"])
    await kit.until(lambda: not working.store.outbox.waiting(0))
    assert len(working.sinks["desk"].taken) == 10


async def test_the_length_and_age_of_the_queue_are_measured(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk", hangs=True))
    working.store.open_handoff(packet(1), sinks=["desk", "gone"])
    level = working.telemetry.level
    await kit.until(
        lambda: level(names.HANDOFF_QUEUE, handrail__handoff__sink="gone", status="pending") == 1
    )
    assert level(names.HANDOFF_QUEUE, handrail__handoff__sink="desk", status="dead") == 0
    assert (level(names.HANDOFF_AGE, handrail__handoff__sink="desk") or 0) > 0


async def test_what_waits_for_a_sink_that_is_not_configured_is_told_once(
    work: Work, kit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    working = work(FakeSink("desk"))
    working.store.open_handoff(packet(1), sinks=["gone"])
    await kit.until(lambda: "sink gone, which is not configured" in caplog.text)
    working.store.open_handoff(packet(2), sinks=["desk"])
    await kit.until(lambda: working.sinks["desk"].taken)
    assert caplog.text.count("sink gone, which is not configured") == 1
    working.sinks = {**working.sinks, "gone": FakeSink("gone")}
    await kit.until(lambda: working.sinks["gone"].taken == ["h1"])


async def test_a_sink_of_a_new_configuration_takes_over(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk"))
    old = working.sinks["desk"]
    working.sinks = {"desk": FakeSink("desk")}
    await asyncio.sleep(0.05)
    working.store.open_handoff(packet(1), sinks=["desk"])
    await kit.until(lambda: working.sinks["desk"].taken == ["h1"])
    assert old.taken == []


async def test_stopping_gives_back_what_is_under_way(work: Work, kit: Any) -> None:
    working = work(FakeSink("desk", hangs=True))
    working.store.open_handoff(packet(1), sinks=["desk"])
    await kit.until(lambda: working.sinks["desk"].taken)
    await working.end()
    [entry] = working.store.outbox.entries()
    assert (entry["status"], entry["attempts"]) == ("pending", 0)


async def test_two_workers_on_one_outbox_deliver_each_event_once(
    work: Work, kit: Any, tmp_path: Path
) -> None:
    store = SqlRecordStore(f"sqlite:///{tmp_path}/records.db")
    for number in range(30):
        store.open_handoff(packet(number), sinks=["desk"])
    one, two = FakeSink("desk"), FakeSink("desk")
    working = [work(one, store=store), work(two, store=store)]
    await kit.until(lambda: len(one.taken) + len(two.taken) >= 30)
    for each in working:
        await each.end()
    assert sorted(one.taken + two.taken) == sorted(f"h{number}" for number in range(30))
    store.close()


class Receiver:
    """A webhook receiver that takes each `webhook-id` once."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        self.tickets: set[str] = set()

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.posts.append(request.headers["webhook-id"])
        self.tickets.add(request.headers["webhook-id"])
        return web.Response(status=204)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await runner.cleanup()


DELIVERING = """
import asyncio, os, signal, sys, time
from proxy.handoff.lane import Clocks
from proxy.handoff.sinks.http import Http
from proxy.handoff.sinks.webhook import WebhookSink
from proxy.handoff.worker import DeliveryWorker
from proxy.records.sql import SqlRecordStore
from proxy.telemetry.memory import MemoryTelemetry
from validators.offload import Offload

url, file, step = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class Sink(WebhookSink):
    async def deliver(self, delivery):
        if step == "before it is sent":
            die()
        answer = await super().deliver(delivery)
        if step == "before the outcome is noted":
            die()
        return answer

class Open(Http):
    async def send(self, *args, **given):
        if step != "while it is sent":
            return await super().send(*args, **given)
        sent = asyncio.ensure_future(super().send(*args, **given))
        await asyncio.sleep(0.02)
        die()

async def main():
    store = SqlRecordStore("sqlite:///" + file)
    if step == "before the packet is stored":
        store._engine.dialect.do_commit = die
    if not store.handoffs():
        store.open_handoff(PACKET, sinks=["desk"])
    if step == "after the packet is stored":
        die()
    if step == "while it is claimed":
        store._engine.dialect.do_commit = die
    outbox = store.outbox
    if step == "while the outcome is noted":
        kept = outbox.delivered
        def noted(*args, **given):
            store._engine.dialect.do_commit = die
            kept(*args, **given)
        outbox.delivered = noted
    if step == "after the outcome is noted":
        kept = outbox.delivered
        def noted(*args, **given):
            kept(*args, **given)
            die()
        outbox.delivered = noted
    sink = Sink("desk", url, [b"k" * 32], Open("desk", private=True), 0.5, 0.01, 50)
    # Who goes on comes when the claims of the dead have run out.
    ahead = 60 if step == "never" else 0
    worker = DeliveryWorker(outbox, lambda: {"desk": sink}, Offload(2), MemoryTelemetry(),
                            Clocks(lambda: time.time() + ahead), poll_s=0.02)
    stop = asyncio.Event()
    task = asyncio.ensure_future(worker.run(stop))
    while outbox.waiting(0):
        await asyncio.sleep(0.02)
    stop.set()
    await task

asyncio.run(main())
"""

STEPS = [
    "before the packet is stored",
    "after the packet is stored",
    "while it is claimed",
    "before it is sent",
    "while it is sent",
    "before the outcome is noted",
    "while the outcome is noted",
    "after the outcome is noted",
]


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_any_step_each_event_arrives_and_counts_once(
    tmp_path: Path, step: str
) -> None:
    """A process gets SIGKILL at a step; another goes on with what it left."""
    receiver, file = Receiver(), tmp_path / "records.db"
    code = f"PACKET = {packet(1)!r}\n{DELIVERING}"

    async def run(url: str, at: str) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", code, url, str(file), at),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )
        _, told = await asyncio.wait_for(process.communicate(), 100)
        assert process.returncode in (0, -signal.SIGKILL), told.decode()
        return process.returncode or 0

    async with receiver.serving() as url:
        assert await run(url, step) == -signal.SIGKILL
        assert await run(url, "never") == 0
    assert receiver.tickets == {"h1"}
    assert 1 <= len(receiver.posts) <= 2
