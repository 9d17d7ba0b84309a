"""The outbox as a table beside the handoffs, in SQLite or PostgreSQL."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    Update,
    func,
    insert,
    or_,
    select,
    update,
)

from policies.errors import StoreError
from proxy.handoff.outbox import CREATED, MAX_LEASE_S, MAX_WAIT_S, Delivery, Status, Waiting
from proxy.records.engine import translated
from proxy.records.rows import MAX_PAGE, HandoffRow, from_json, text
from proxy.records.tables import handoffs, outbox
from proxy.records.views import rfc3339

SHOWN = (
    "event_id",
    "handoff_id",
    "sink",
    "type",
    "status",
    "attempts",
    "created_at",
    "due_at",
    "finished_at",
    "error",
    "reference",
)
"""The fields of a delivery in a list."""
DAMAGED = "damaged_row"
"""The error of a delivery whose stored data can't be read."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that sinks are to be told."""

    id: str
    handoff_id: str
    type: str
    created_at: str
    """RFC 3339."""
    data: str | None = None
    """JSON; None for a new handoff, whose data is its packet."""

    @classmethod
    def created(cls, row: HandoffRow) -> "Event":
        """Return the event of a new handoff: it has the handoff's own id."""
        name = row.summary["id"] or ""
        return cls(name, name, CREATED, row.summary["created_at"] or "")


def add_entries(connection: Connection, event: Event, sinks: Sequence[str]) -> None:
    """Make one delivery per sink, within the caller's transaction."""
    entry = {
        "event_id": event.id,
        "handoff_id": event.handoff_id,
        "type": event.type,
        "status": Status.PENDING.value,
        "attempts": 0,
        "created_at": event.created_at,
        "due_at": 0.0,
        "data": event.data,
    }
    if sinks:
        connection.execute(insert(outbox), [{**entry, "sink": text(sink)} for sink in sinks])


class SqlOutbox:
    """Satisfies `Outbox`; safe to use from several threads and processes.

    A claim is a conditional UPDATE under a lease, so that two workers can't hold one
    delivery; where the database can skip rows that another worker is claiming, it does.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        """`name` is the database's, for messages."""
        self._engine = engine
        self._name = name

    def claim(self, sink: str, *, now: float, lease_s: float, limit: int) -> Sequence[Delivery]:
        """Take what is due. A row that can't be read is given up at once."""
        free = _free(sink, now)
        lease = secrets.token_hex(8)
        with translated(self._name), self._engine.begin() as connection:
            chosen = connection.execute(_due(free, limit)).scalars().all()
            if not chosen:
                return ()
            taken = update(outbox).where(outbox.c.seq.in_(chosen), free)
            until, attempts = now + min(lease_s, MAX_LEASE_S), outbox.c.attempts + 1
            connection.execute(taken.values(lease=lease, lease_until=until, attempts=attempts))
            rows = connection.execute(_claimed(lease)).mappings().all()
            found = [_delivery(row) for row in rows]
            lost = [row["seq"] for row, read in zip(rows, found, strict=True) if read is None]
            if lost:
                dead = _ended(Status.DEAD, now, DAMAGED)
                connection.execute(update(outbox).where(outbox.c.seq.in_(lost)).values(dead))
        return [delivery for delivery in found if delivery is not None]

    def delivered(self, delivery: Delivery, *, now: float, reference: str | None = None) -> None:
        """Note that the sink has it: true whoever holds the claim by now."""
        done = _ended(Status.DELIVERED, now, None)
        kept = None if reference is None else text(reference)
        self._change(
            update(outbox)
            .where(outbox.c.seq == delivery.seq, outbox.c.event_id == delivery.event_id)
            .values(**done, reference=kept)
        )

    def postpone(self, delivery: Delivery, *, due_at: float, error: str) -> bool:
        """Give the claim back and try again later."""
        freed = {"lease": None, "lease_until": None, "due_at": due_at, "error": text(error)}
        return self._change(_held(delivery).values(freed)) > 0

    def bury(self, delivery: Delivery, *, now: float, error: str) -> bool:
        """Give up."""
        return self._change(_held(delivery).values(_ended(Status.DEAD, now, text(error)))) > 0

    def release(self, delivery: Delivery) -> None:
        """Give the claim back as if it had never been taken."""
        before = {"lease": None, "lease_until": None, "attempts": outbox.c.attempts - 1}
        self._change(_held(delivery).values(before))

    def waiting(self, now: float) -> Sequence[Waiting]:
        """Count what is pending or dead, by sink."""
        number, oldest = func.count().label("number"), func.min(outbox.c.created_at).label("oldest")
        query = select(outbox.c.sink, outbox.c.status, number, oldest)
        open_ = query.where(outbox.c.status.in_([Status.PENDING.value, Status.DEAD.value]))
        rows = self._rows(open_.group_by(outbox.c.sink, outbox.c.status))
        pending = {row["sink"]: row for row in rows if row["status"] == Status.PENDING}
        dead = {row["sink"]: row["number"] for row in rows if row["status"] == Status.DEAD}
        return [
            Waiting(sink, row["number"], dead.get(sink, 0), _age(row["oldest"], now))
            if (row := pending.get(sink)) is not None
            else Waiting(sink, 0, dead[sink], 0.0)
            for sink in sorted({*pending, *dead})
        ]

    def entries(
        self, *, status: Status | None = None, sink: str | None = None, limit: int = 50
    ) -> Sequence[Mapping[str, Any]]:
        """List deliveries, oldest first."""
        query = select(*(outbox.c[name] for name in SHOWN)).order_by(outbox.c.seq)
        if status is not None:
            query = query.where(outbox.c.status == status.value)
        if sink is not None:
            query = query.where(outbox.c.sink == text(sink))
        rows = self._rows(query.limit(min(max(limit, 0), MAX_PAGE)))
        return [{str(name): value for name, value in row.items()} for row in rows]

    def replay(self, *, handoff_id: str | None = None, sink: str | None = None) -> int:
        """Make dead deliveries pending again, with all their tries."""
        chosen = update(outbox).where(outbox.c.status == Status.DEAD.value)
        if handoff_id is not None:
            chosen = chosen.where(outbox.c.handoff_id == text(handoff_id))
        if sink is not None:
            chosen = chosen.where(outbox.c.sink == text(sink))
        fresh = {"status": Status.PENDING.value, "attempts": 0, "due_at": 0.0}
        return self._change(chosen.values(**fresh, finished_at=None))

    def _change(self, statement: Update) -> int:
        with translated(self._name), self._engine.begin() as connection:
            return connection.execute(statement).rowcount

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        with translated(self._name), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def _free(sink: str, now: float) -> ColumnElement[bool]:
    """Whether a row may be claimed. Times further ahead than any can be don't count."""
    due, until = outbox.c.due_at, outbox.c.lease_until
    return (
        (outbox.c.sink == text(sink))
        & (outbox.c.status == Status.PENDING.value)
        & or_(due <= now, due > now + MAX_WAIT_S)
        & or_(until.is_(None), until <= now, until > now + MAX_LEASE_S)
    )


def _due(free: ColumnElement[bool], limit: int) -> Select[tuple[int]]:
    query = select(outbox.c.seq).where(free).order_by(outbox.c.due_at, outbox.c.seq)
    # A no-op in SQLite, where one writer at a time is the rule.
    return query.limit(limit).with_for_update(skip_locked=True)


def _claimed(lease: str) -> Select[Any]:
    joined = outbox.join(handoffs, outbox.c.handoff_id == handoffs.c.id)
    query = select(outbox, handoffs.c.packet, handoffs.c.idempotency_key)
    return query.select_from(joined).where(outbox.c.lease == lease).order_by(outbox.c.seq)


def _held(delivery: Delivery) -> Update:
    return update(outbox).where(outbox.c.seq == delivery.seq, outbox.c.lease == delivery.lease)


def _ended(status: Status, now: float, error: str | None) -> dict[str, Any]:
    over = {"lease": None, "lease_until": None, "finished_at": rfc3339(now)}
    return {"status": status.value, "error": error, **over}


def _delivery(row: RowMapping) -> Delivery | None:
    created = row["type"] == CREATED
    try:
        data = from_json(row["packet"] if created else row["data"] or "")
    except StoreError:
        return None
    return Delivery(
        seq=row["seq"],
        lease=row["lease"],
        event_id=row["event_id"],
        key=row["idempotency_key"] if created else row["event_id"],
        type=row["type"],
        handoff_id=row["handoff_id"],
        sink=row["sink"],
        attempt=row["attempts"],
        created_at=row["created_at"],
        data=data,
    )


def _age(created_at: str, now: float) -> float:
    try:
        return max(0.0, now - datetime.fromisoformat(created_at).timestamp())
    except ValueError:
        return 0.0
