import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.base import JsonObject
from proxy.records.memory import MemoryRecordStore
from proxy.records.writer import RecordWriter
from validators.offload import Offload


class GatedStore:
    """Writes only while its gate is open; fails as often as it was told to."""

    def __init__(self, *failures: Exception) -> None:
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.batches: list[list[str]] = []
        self.threads: set[str] = set()
        self._failures = list(failures)

    def save_decisions(self, records: Sequence[JsonObject]) -> None:
        self.threads.add(threading.current_thread().name)
        self.entered.set()
        self.gate.wait()
        if self._failures:
            raise self._failures.pop(0)
        self.batches.append([record["id"] for record in records])


def record(number: int) -> dict[str, Any]:
    return {"id": f"hr_{number}", "action": "pass"}


@pytest.fixture
async def offload() -> AsyncIterator[Offload]:
    made = Offload(1, "records-test")
    yield made
    made.close()


async def until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - waits for a thread, which sets no asyncio event
        await asyncio.sleep(0.001)


async def test_records_reach_the_store(offload: Offload) -> None:
    store = MemoryRecordStore()
    writer = RecordWriter(store, offload)
    for number in range(5):
        writer.put(record(number))
    assert await writer.flush()
    assert len(store.decisions()) == 5
    assert (writer.written, writer.dropped, writer.failed) == (5, 0, 0)


async def test_putting_does_not_wait_for_the_store(offload: Offload) -> None:
    store = GatedStore()
    writer = RecordWriter(store, offload, batch=3)
    writer.put(record(0))
    await until(store.entered.is_set)
    for number in range(1, 8):
        writer.put(record(number))
    assert writer.waiting == 7
    assert store.batches == []
    store.gate.set()
    assert await writer.flush()
    assert [len(batch) for batch in store.batches] == [1, 3, 3, 1]
    assert [name for batch in store.batches for name in batch] == [f"hr_{n}" for n in range(8)]
    assert all(name.startswith("records-test") for name in store.threads)


async def test_the_oldest_make_way_and_are_counted(offload: Offload) -> None:
    store = GatedStore()
    writer = RecordWriter(store, offload, capacity=2)
    writer.put(record(0))
    await until(store.entered.is_set)
    for number in range(1, 6):
        writer.put(record(number))
    store.gate.set()
    assert await writer.flush()
    assert store.batches == [["hr_0"], ["hr_4", "hr_5"]]
    assert (writer.written, writer.dropped) == (3, 3)


async def test_a_passing_failure_is_overcome(offload: Offload) -> None:
    store = GatedStore(StoreError("busy"), StoreError("busy"))
    store.gate.set()
    writer = RecordWriter(store, offload, tries=3, retry_s=0)
    writer.put(record(1))
    assert await writer.flush()
    assert store.batches == [["hr_1"]]
    assert (writer.written, writer.failed) == (1, 0)


async def test_what_the_store_keeps_refusing_is_given_up_and_counted(offload: Offload) -> None:
    store = GatedStore(StoreError("full"), StoreError("full"))
    store.gate.set()
    writer = RecordWriter(store, offload, tries=2, retry_s=0)
    writer.put(record(1))
    assert await writer.flush()
    writer.put(record(2))
    assert await writer.flush()
    assert store.batches == [["hr_2"]]
    assert (writer.written, writer.failed) == (1, 1)


async def test_a_bug_in_a_store_fails_no_answer_and_quotes_nothing(
    offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    store = GatedStore(RuntimeError("SECRET"))
    store.gate.set()
    writer = RecordWriter(store, offload, tries=3, retry_s=0)
    writer.put(record(1))
    assert await writer.flush()
    writer.put(record(2))
    assert await writer.flush()
    assert (writer.written, writer.failed) == (1, 1)
    assert "RuntimeError" in caplog.text
    assert "SECRET" not in caplog.text


async def test_flushing_takes_no_longer_than_told(offload: Offload) -> None:
    store = GatedStore()
    writer = RecordWriter(store, offload)
    writer.put(record(1))
    await until(store.entered.is_set)
    writer.put(record(2))
    assert not await writer.flush(timeout_s=0.01)
    await writer.close(timeout_s=0.01)
    assert (writer.written, writer.dropped, writer.waiting) == (0, 2, 0)
    store.gate.set()


async def test_closing_writes_what_is_left(offload: Offload) -> None:
    store = MemoryRecordStore()
    writer = RecordWriter(store, offload)
    writer.put(record(1))
    await writer.close()
    assert store.decision("hr_1") is not None


async def test_nothing_put_is_nothing_to_wait_for(offload: Offload) -> None:
    writer = RecordWriter(MemoryRecordStore(), offload)
    assert await writer.flush()
    await writer.close()
