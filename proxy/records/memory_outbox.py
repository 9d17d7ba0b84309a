"""An outbox that lasts as long as its process: for tests, `ask` and `check`."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from proxy.handoff.outbox import CREATED, MAX_LEASE_S, MAX_WAIT_S, Delivery, Status, Waiting
from proxy.records.rows import HandoffRow, from_json
from proxy.records.views import rfc3339


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    sink: str
    row: HandoffRow
    status: Status = Status.PENDING
    attempts: int = 0
    due_at: float = 0.0
    lease: str = ""
    lease_until: float = 0.0
    finished_at: str | None = None
    error: str | None = None
    reference: str | None = None

    @property
    def id(self) -> str:
        return self.row.summary["id"] or ""

    @property
    def created_at(self) -> str:
        return self.row.summary["created_at"] or ""

    def free(self, sink: str, now: float) -> bool:
        waits = now < self.due_at <= now + MAX_WAIT_S
        held = bool(self.lease) and now < self.lease_until <= now + MAX_LEASE_S
        return (self.sink, self.status) == (sink, Status.PENDING) and not waits and not held


class MemoryOutbox:
    """Satisfies `Outbox`; safe to use from several threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._entries: dict[int, _Entry] = {}
        self._next = 1

    def add(self, row: HandoffRow, sinks: Sequence[str]) -> None:
        """Make one delivery per sink for a new handoff."""
        with self._lock:
            for sink in sinks:
                self._entries[self._next] = _Entry(self._next, sink, row)
                self._next += 1

    def forget(self, handoff_ids: Collection[str]) -> None:
        """Erase the deliveries of these handoffs."""
        with self._lock:
            kept = {seq: e for seq, e in self._entries.items() if e.id not in handoff_ids}
            self._entries = kept

    def claim(self, sink: str, *, now: float, lease_s: float, limit: int) -> Sequence[Delivery]:
        """Take what is due, oldest first."""
        with self._lock:
            free = [entry for entry in self._entries.values() if entry.free(sink, now)]
            free.sort(key=lambda entry: (entry.due_at, entry.seq))
            claimed = []
            for entry in free[:limit]:
                lease, attempts = f"lease-{self._next}", entry.attempts + 1
                self._next += 1
                until = now + min(lease_s, MAX_LEASE_S)
                taken = replace(entry, lease=lease, lease_until=until, attempts=attempts)
                self._entries[entry.seq] = taken
                claimed.append(_delivery(taken))
        return sorted(claimed, key=lambda delivery: delivery.seq)

    def delivered(self, delivery: Delivery, *, now: float, reference: str | None = None) -> None:
        """Note that the sink has it."""
        done = partial(_ended, status=Status.DELIVERED, now=now, error=None)
        self._change(delivery, lambda e: replace(done(e), reference=reference), held=False)

    def postpone(self, delivery: Delivery, *, due_at: float, error: str) -> bool:
        """Give the claim back and try again later."""
        return self._change(delivery, lambda e: replace(e, due_at=due_at, error=error, lease=""))

    def bury(self, delivery: Delivery, *, now: float, error: str) -> bool:
        """Give up."""
        return self._change(delivery, partial(_ended, status=Status.DEAD, now=now, error=error))

    def release(self, delivery: Delivery) -> None:
        """Give the claim back as if it had never been taken."""
        self._change(delivery, lambda e: replace(e, attempts=e.attempts - 1, lease=""))

    def waiting(self, now: float) -> Sequence[Waiting]:
        """Count what is pending or dead, by sink."""
        with self._lock:
            entries = [e for e in self._entries.values() if e.status is not Status.DELIVERED]
        found = []
        for sink in sorted({entry.sink for entry in entries}):
            mine = [entry for entry in entries if entry.sink == sink]
            pending = [entry for entry in mine if entry.status is Status.PENDING]
            oldest = min((entry.created_at for entry in pending), default=None)
            age = 0.0 if oldest is None else now - datetime.fromisoformat(oldest).timestamp()
            found.append(Waiting(sink, len(pending), len(mine) - len(pending), max(0.0, age)))
        return found

    def entries(
        self, *, status: Status | None = None, sink: str | None = None, limit: int = 50
    ) -> Sequence[Mapping[str, Any]]:
        """List deliveries, oldest first."""
        with self._lock:
            entries = list(self._entries.values())
        wanted = (e for e in entries if status in (None, e.status) and sink in (None, e.sink))
        return [_shown(entry) for entry in wanted][: max(limit, 0)]

    def replay(self, *, handoff_id: str | None = None, sink: str | None = None) -> int:
        """Make dead deliveries pending again, with all their tries."""
        with self._lock:
            chosen = [
                entry
                for entry in self._entries.values()
                if entry.status is Status.DEAD
                and handoff_id in (None, entry.id)
                and sink in (None, entry.sink)
            ]
            for entry in chosen:
                self._entries[entry.seq] = replace(
                    entry, status=Status.PENDING, attempts=0, due_at=0.0, finished_at=None
                )
        return len(chosen)

    def _change(
        self, delivery: Delivery, change: Callable[[_Entry], _Entry], *, held: bool = True
    ) -> bool:
        with self._lock:
            entry = self._entries.get(delivery.seq)
            if entry is None or (held and entry.lease != delivery.lease):
                return False
            self._entries[entry.seq] = change(entry)
        return True


def _ended(entry: _Entry, *, status: Status, now: float, error: str | None) -> _Entry:
    return replace(entry, status=status, finished_at=rfc3339(now), error=error, lease="")


def _delivery(entry: _Entry) -> Delivery:
    return Delivery(
        seq=entry.seq,
        lease=entry.lease,
        event_id=entry.id,
        key=entry.row.key,
        type=CREATED,
        handoff_id=entry.id,
        sink=entry.sink,
        attempt=entry.attempts,
        created_at=entry.created_at,
        data=from_json(entry.row.packet),
    )


def _shown(entry: _Entry) -> dict[str, Any]:
    return {
        "event_id": entry.id,
        "handoff_id": entry.id,
        "sink": entry.sink,
        "type": CREATED,
        "status": entry.status.value,
        "attempts": entry.attempts,
        "created_at": entry.created_at,
        "due_at": entry.due_at,
        "finished_at": entry.finished_at,
        "error": entry.error,
        "reference": entry.reference,
    }
