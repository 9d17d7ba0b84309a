"""Decisions and handoffs in a SQL database: SQLite by default, PostgreSQL by its URL."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from policies.errors import StoreError
from proxy.records import engine as engines
from proxy.records import erasing
from proxy.records.base import ErasedRows, JsonObject, Opening
from proxy.records.rows import (
    MAX_PAGE,
    PENDING,
    SUMMARY,
    HandoffRow,
    decision_row,
    from_json,
    handoff_row,
    text,
)
from proxy.records.tables import decisions, handoffs, meta, outbox


class SqlRecordStore:
    """Satisfies `RecordStore`; blocking, and safe to use from several threads.

    Every error is a `StoreError` that names the database and the kind of failure, never
    what was to be stored.
    """

    def __init__(self, url: str, *, sinks: Sequence[str] = ("default",)) -> None:
        """Open the database at a SQLAlchemy `url` and create what it lacks.

        `sqlite:///data/records.db` creates its folder too, for this user only. `sinks`
        names where each handoff is to be delivered: one outbox entry each. Raises
        `StoreError` for a folder that can't be written, a missing driver, or a database
        that a newer Handrail wrote.
        """
        self._sinks = tuple(sinks)
        self._engine, self._file = engines.open_engine(url)
        self._name = self._file.name if self._file else self._engine.dialect.name
        try:
            with self._translated():
                engines.prepare(self._engine, self._name)
        except StoreError:
            self._engine.dispose()
            raise

    def open_handoff(self, packet: JsonObject) -> Opening:
        """Store packet and outbox entries in one transaction, on disk when it returns.

        A known idempotency key joins: the first id and the first packet stay.
        """
        row = handoff_row(packet)
        try:
            with self._translated(), self._engine.begin() as connection:
                self._insert(connection, row)
        except _DuplicateError:
            return self._joined(row)
        return Opening(row.summary["id"] or "", created=True)

    def _insert(self, connection: Connection, row: HandoffRow) -> None:
        columns = {
            **row.summary,
            "idempotency_key": row.key,
            "tenant": row.tenant,
            "customer_ref": row.customer_ref,
            "packet": row.packet,
        }
        connection.execute(insert(handoffs).values(columns))
        entry = {"handoff_id": row.summary["id"], "created_at": row.summary["created_at"]}
        entries = [{**entry, "sink": s, "status": PENDING, "attempts": 0} for s in self._sinks]
        if entries:
            connection.execute(insert(outbox), entries)

    def _joined(self, row: HandoffRow) -> Opening:
        found = self._rows(select(handoffs.c.id).where(handoffs.c.idempotency_key == row.key))
        if not found:
            msg = f"records: {self._name} holds another handoff with the same id"
            raise StoreError(msg)
        return Opening(found[0]["id"], created=False)

    def handoffs(
        self, *, status: str | None = None, limit: int = 50, after: str | None = None
    ) -> Sequence[JsonObject]:
        """List handoffs, newest first; an unknown `after` gives an empty page."""
        query = _page(select(*(handoffs.c[name] for name in SUMMARY)), handoffs, limit, after)
        if status is not None:
            query = query.where(handoffs.c.status == text(status))
        return self._rows(query)

    def handoff(self, handoff_id: str) -> JsonObject | None:
        """Return one handoff with its packet."""
        names = (handoffs.c.id, handoffs.c.status, handoffs.c.created_at, handoffs.c.packet)
        found = self._rows(select(*names).where(handoffs.c.id == text(handoff_id)))
        return {**found[0], "packet": from_json(found[0]["packet"])} if found else None

    def save_decision(self, record: JsonObject) -> None:
        """Store one decision record; the same id again replaces it as the newest."""
        self.save_decisions([record])

    def save_decisions(self, records: Sequence[JsonObject]) -> None:
        """Store several decision records in one transaction, all or none."""
        rows = {row.id: row for row in map(decision_row, records)}
        if not rows:
            return
        with self._translated(), self._engine.begin() as connection:
            connection.execute(delete(decisions).where(decisions.c.id.in_(list(rows))))
            connection.execute(insert(decisions), [asdict(row) for row in rows.values()])

    def decisions(
        self,
        *,
        action: str | None = None,
        intent: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Sequence[JsonObject]:
        """List decision records, newest first; an unknown `after` gives an empty page."""
        query = _page(select(decisions.c.record), decisions, limit, after)
        if action is not None:
            query = query.where(decisions.c.action == text(action))
        if intent is not None:
            query = query.where(decisions.c.intent == text(intent))
        return [from_json(row["record"]) for row in self._rows(query)]

    def decision(self, result_id: str) -> JsonObject | None:
        """Return one decision record."""
        query = select(decisions.c.record).where(decisions.c.id == text(result_id))
        found = self._rows(query)
        return from_json(found[0]["record"]) if found else None

    def outbox(self) -> Sequence[JsonObject]:
        """List what is still to be delivered, oldest first."""
        joined = outbox.join(handoffs, outbox.c.handoff_id == handoffs.c.id)
        query = select(outbox.c.handoff_id, outbox.c.sink, outbox.c.status).select_from(joined)
        pending = query.where(outbox.c.status == PENDING)
        return self._rows(pending.order_by(handoffs.c.seq, outbox.c.sink))

    def conversations_of(self, tenant: str, customers: Sequence[str]) -> Sequence[str]:
        """Return the ids of the conversations in which one of the references was named."""
        with self._translated(), self._engine.connect() as connection:
            return erasing.conversations_of(connection, tenant, customers)

    def erase(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> ErasedRows:
        """Erase in one transaction; the bytes are overwritten where the file is ours."""
        with self._translated(), self._engine.begin() as connection:
            done = erasing.erase(connection, tenant, conversations, customers)
        if self._file is not None and done != ErasedRows(0, 0):
            # Until then the log beside the file still holds the erased rows.
            with self._translated(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return done

    def ping(self) -> None:
        """Take the write lock and give it back. Raises `StoreError` if that fails."""
        if self._file is not None and not self._file.exists():
            msg = f"records: {self._name} is gone from its folder: restart Handrail"
            raise StoreError(msg)
        with self._translated(), self._engine.connect() as connection:
            touched = connection.execute(update(meta).values(value=meta.c.value))
            connection.rollback()
        if touched.rowcount == 0:
            msg = f"records: {self._name} has lost its tables"
            raise StoreError(msg)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._translated(), self._engine.connect() as connection:
            # SQLAlchemy's keys are a subclass of str that JSON writers refuse.
            rows = connection.execute(query).mappings()
            return [{str(name): value for name, value in row.items()} for row in rows]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Keep the parameters of a failed statement out of the message."""
        try:
            yield
        except IntegrityError:
            raise _DuplicateError(self._name) from None
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"records: {self._name}: {engines.kind_of(error)}") from None


class _DuplicateError(StoreError):
    """A row that must be unique exists already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"records: {name} holds this row already")


def _page(query: Select[Any], table: Table, limit: int, after: str | None) -> Select[Any]:
    page = query.order_by(table.c.seq.desc()).limit(min(max(limit, 0), MAX_PAGE))
    if after is None:
        return page
    last = select(table.c.seq).where(table.c.id == text(after)).scalar_subquery()
    return page.where(table.c.seq < last)
