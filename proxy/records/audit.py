"""The audit log as a table: rows are added, and the database refuses to change them."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from proxy.audit import Entry, cleaned
from proxy.records.engine import translated
from proxy.records.rows import MAX_PAGE, from_json, text, to_json
from proxy.records.tables import audit
from proxy.records.views import rfc3339

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS audit_no_{low} BEFORE {what} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
_POSTGRES = (
    """
    CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END'
    """,
    """
    CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
)


def guard(connection: Connection) -> None:
    """Make the database refuse changes of what was recorded. Idempotent."""
    if connection.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(_SQLITE.format(what=what, low=what.lower()))
    elif connection.dialect.name == "postgresql":
        for statement in _POSTGRES:
            connection.exec_driver_sql(statement)


def add_entry(connection: Connection, entry: Entry, at: float) -> None:
    """Add an entry within the caller's transaction; `at` is Unix time in seconds."""
    clean = cleaned(entry)
    row = {"at": rfc3339(at), "actor": clean.actor, "action": clean.action}
    detail = to_json(clean.detail)
    connection.execute(insert(audit).values(**row, target=clean.target, detail=detail))


class SqlAudit:
    """Satisfies `AuditLog`; safe to use from several threads and processes."""

    def __init__(self, engine: Engine, name: str, *, now: Callable[[], float] = time.time) -> None:
        """`name` is the database's, for messages; `now` gives Unix time in seconds."""
        self._engine = engine
        self._name = name
        self._now = now

    def record(
        self, actor: str, action: str, target: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add an entry, on disk when it returns."""
        with translated(self._name), self._engine.begin() as connection:
            add_entry(connection, Entry(actor, action, target, detail or {}), self._now())

    def entries(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """List entries, newest first."""
        query = select(audit).order_by(audit.c.seq.desc()).limit(min(max(limit, 0), MAX_PAGE))
        for column, wanted in (("actor", actor), ("action", action), ("target", target)):
            if wanted is not None:
                query = query.where(audit.c[column] == text(wanted))
        if after is not None:
            query = query.where(audit.c.seq < after)
        with translated(self._name), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            {**{str(k): v for k, v in row.items()}, "detail": from_json(row["detail"])}
            for row in rows
        ]
