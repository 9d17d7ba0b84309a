"""Decisions and handoffs in a SQL database: SQLite by default, PostgreSQL by its URL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, insert, select, update

from policies.errors import StoreError
from proxy.records import contacts as counting
from proxy.records import engine as engines
from proxy.records import erasing
from proxy.records.audit import SqlAudit, guard
from proxy.records.base import ErasedRows, JsonObject, Opening
from proxy.records.cases import SqlCases, active_of, add_case, backfill
from proxy.records.outbox import Event, SqlOutbox, add_entries
from proxy.records.rows import (
    MAX_PAGE,
    SUMMARY,
    DecisionRow,
    HandoffRow,
    decision_row,
    from_json,
    handoff_row,
    text,
)
from proxy.records.tables import decisions, handoffs, meta


class SqlRecordStore:
    """Satisfies `RecordStore`; blocking, and safe to use from several threads.

    Every error is a `StoreError` that names the database and the kind of failure, never
    what was to be stored.
    """

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy `url` and create what it lacks.

        `sqlite:///data/records.db` creates its folder too, for this user only. Raises
        `StoreError` for a folder that can't be written, a missing driver, or a database
        that a newer Handrail wrote.
        """
        self._engine, self._file = engines.open_engine(url)
        self._name = self._file.name if self._file else self._engine.dialect.name
        try:
            with self._translated():
                engines.prepare(self._engine, self._name)
                with self._engine.begin() as connection:
                    guard(connection)
                    backfill(connection)
        except StoreError:
            self._engine.dispose()
            raise
        self.outbox = SqlOutbox(self._engine, self._name)
        self.cases = SqlCases(self._engine, self._name)
        self.audit = SqlAudit(self._engine, self._name)

    def open_handoff(
        self, packet: JsonObject, *, sinks: Sequence[str] = (), record: JsonObject | None = None
    ) -> Opening:
        """Store all in one transaction, on disk when it returns.

        A known idempotency key joins, and so does a conversation that waits for a person
        already: the first id and the first packet stay.
        """
        row = handoff_row(packet)
        decided = [decision_row(record)] if record is not None else []
        try:
            with self._translated(), self._engine.begin() as connection:
                self._insert(connection, row, sinks)
                add_case(connection, row, packet)
                _save(connection, decided)
        except engines.DuplicateError:
            return self._joined(row, packet)
        return Opening(row.summary["id"] or "", created=True)

    def _insert(self, connection: Connection, row: HandoffRow, sinks: Sequence[str]) -> None:
        columns = {
            **row.summary,
            "idempotency_key": row.key,
            "tenant": row.tenant,
            "customer_ref": row.customer_ref,
            "packet": row.packet,
        }
        connection.execute(insert(handoffs).values(columns))
        add_entries(connection, Event.created(row), sinks)

    def _joined(self, row: HandoffRow, packet: JsonObject) -> Opening:
        found = self._rows(select(handoffs.c.id).where(handoffs.c.idempotency_key == row.key))
        if found:
            return Opening(found[0]["id"], created=False)
        with self._translated(), self._engine.connect() as connection:
            beside = active_of(connection, row, packet)
        if beside is None:
            msg = f"records: {self._name} holds another handoff with the same id"
            raise StoreError(msg)
        return Opening(beside, created=False)

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
        rows = [decision_row(record) for record in records]
        with self._translated(), self._engine.begin() as connection:
            _save(connection, rows)

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

    def contacts(
        self, tenant: str, customer_ref: str, intent: str, *, since: str, besides: str
    ) -> int:
        """Count a customer's conversations in which `intent` was decided upon."""
        with self._translated(), self._engine.connect() as connection:
            return counting.contacts(
                connection, tenant, customer_ref, intent, since=since, besides=besides
            )

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

    def _translated(self) -> AbstractContextManager[None]:
        return engines.translated(self._name)


def _save(connection: Connection, rows: Sequence[DecisionRow]) -> None:
    """Store decisions; of several with one id the last stays, as the newest."""
    newest = {row.id: row for row in rows}
    if newest:
        connection.execute(delete(decisions).where(decisions.c.id.in_(list(newest))))
        connection.execute(insert(decisions), [asdict(row) for row in newest.values()])


def _page(query: Select[Any], table: Table, limit: int, after: str | None) -> Select[Any]:
    page = query.order_by(table.c.seq.desc()).limit(min(max(limit, 0), MAX_PAGE))
    if after is None:
        return page
    last = select(table.c.seq).where(table.c.id == text(after)).scalar_subquery()
    return page.where(table.c.seq < last)
