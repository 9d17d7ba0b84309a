"""Decision records are written behind the answer, in batches, off the event loop."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

from policies.errors import StoreError
from proxy.records.base import JsonObject

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("handrail.records")


class BatchStore(Protocol):
    """Where batches go; both record stores satisfy it."""

    def save_decisions(self, records: Sequence[JsonObject]) -> None:
        """Store several records, all or none. Blocking; raises `StoreError`."""
        ...


class Runner(Protocol):
    """A doorway to blocking code, as `validators.offload.Offload` is."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a blocking function elsewhere and await its result."""
        ...


class RecordWriter:
    """A bounded queue in front of a store. Used from one event loop.

    `put` never waits and never fails. What does not fit pushes out the oldest record; a
    batch that the store refuses `tries` times is given up. Both are counted.
    """

    def __init__(  # noqa: PLR0913 - limits, each with a default
        self,
        store: BatchStore,
        runner: Runner,
        *,
        capacity: int = 10_000,
        batch: int = 200,
        tries: int = 3,
        retry_s: float = 1.0,
    ) -> None:
        """`capacity` is in records waiting, `retry_s` the pause in seconds between tries."""
        self._store = store
        self._runner = runner
        self._waiting: deque[JsonObject] = deque()
        self._capacity = capacity
        self._batch = batch
        self._tries = tries
        self._retry_s = retry_s
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        """Records pushed out by newer ones."""
        self.failed = 0
        """Records that the store refused."""
        self.written = 0
        """Records stored."""

    @property
    def waiting(self) -> int:
        """Records that no batch has taken yet."""
        return len(self._waiting)

    def put(self, record: JsonObject) -> None:
        """Queue a record; returns at once."""
        if len(self._waiting) >= self._capacity:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(record)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything queued is stored or given up; False if time ran out."""
        if self._task is None:
            return True
        done, _ = await asyncio.wait({self._task}, timeout=timeout_s)
        return bool(done)

    async def close(self, timeout_s: float = 5.0) -> None:
        """Flush, then stop; what is left then counts as dropped."""
        if await self.flush(timeout_s) or self._task is None:
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        self.dropped += len(self._waiting)
        self._waiting.clear()
        log.warning("records: stopped too early: %d decision records dropped in all", self.dropped)

    async def _drain(self) -> None:
        while self._waiting:
            size = min(self._batch, len(self._waiting))
            records = [self._waiting.popleft() for _ in range(size)]
            await self._write(records)

    async def _write(self, records: Sequence[JsonObject]) -> None:
        try:
            stored = await self._attempt(records)
        except asyncio.CancelledError:
            self.dropped += len(records)
            raise
        if stored:
            self.written += len(records)
        else:
            self.failed += len(records)

    async def _attempt(self, records: Sequence[JsonObject]) -> bool:
        for attempt in range(1, self._tries + 1):
            if attempt > 1:
                await asyncio.sleep(self._retry_s)
            try:
                await self._runner.run(self._store.save_decisions, records)
            except StoreError as error:
                log.warning("records: writing failed (try %d): %s", attempt, error)
            except Exception as error:  # noqa: BLE001 - a record must never fail an answer
                log.error("records: writing failed: %s", type(error).__name__)  # noqa: TRY400 - the message may quote a record
                return False
            else:
                return True
        return False
