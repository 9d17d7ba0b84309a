"""Kept responses in the records' database, in a table of their own."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Index,
    MetaData,
    String,
    Table,
    Text,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from policies.errors import StoreError
from proxy.records import engine as engines
from proxy.records.rows import column, from_json, text, to_json
from proxy.responses.base import Kept, ancestry

_BATCH = 500
"""Names in one statement; databases limit the number of parameters."""

responses = Table(
    "responses",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("previous", String),
    Column("conversation", String),
    Column("customer_ref", String),
    Column("expires", Double, nullable=False),
    Column("kept", Text, nullable=False),
    Index("responses_thread", "tenant", "thread"),
    Index("responses_conversation", "tenant", "conversation"),
    Index("responses_customer", "tenant", "customer_ref"),
    Index("responses_expires", "expires"),
)


class SqlResponses:
    """Satisfies `ResponseStore`; what has expired is erased whenever something is kept."""

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        """Open the database at a SQLAlchemy `url`, as the records are. Raises `StoreError`."""
        self._engine, self._file = engines.open_engine(url)
        self._name = self._file.name if self._file else self._engine.dialect.name
        self._now = now
        if self._file is not None:
            event.listen(self._engine, "connect", _no_waiting)
        try:
            with self._translated(), self._engine.begin() as connection:
                connection.execute(CreateTable(responses, if_not_exists=True))
                for index in responses.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))
        except StoreError:
            self._engine.dispose()
            raise

    def keep(self, response: Kept, expires: float) -> None:
        """See `ResponseStore`."""
        row = {
            "id": text(response.id),
            "tenant": text(response.tenant),
            "thread": text(response.thread),
            "previous": column(response.previous),
            "conversation": column(response.conversation),
            "customer_ref": column(response.customer_ref),
            "expires": expires,
            "kept": to_json(
                {"messages": list(response.messages), "response": dict(response.response)}
            ),
        }
        with self._translated(), self._engine.begin() as connection:
            connection.execute(insert(responses).values(row))
            connection.execute(
                update(responses)
                .where(_of(response.tenant), responses.c.thread == row["thread"])
                .values(expires=expires)
            )
            connection.execute(delete(responses).where(responses.c.expires <= self._now()))

    def thread(self, tenant: str, response_id: str, now: float) -> Sequence[Kept]:
        """See `ResponseStore`."""
        wanted = responses.c.id == text(response_id)
        place = select(responses.c.thread).where(_of(tenant), wanted).scalar_subquery()
        rows = self._rows(tenant, responses.c.thread == place, now)
        return ancestry({row.id: row for row in rows}, text(response_id))

    def one(self, tenant: str, response_id: str, now: float) -> Kept | None:
        """See `ResponseStore`."""
        rows = self._rows(tenant, responses.c.id == text(response_id), now)
        return rows[0] if rows else None

    def delete(self, tenant: str, response_id: str) -> str | None:
        """See `ResponseStore`."""
        chosen = responses.c.id == text(response_id)
        with self._translated(), self._engine.begin() as connection:
            thread: str | None = connection.execute(
                select(responses.c.thread).where(_of(tenant), chosen)
            ).scalar()
            if thread is None:
                return None
            connection.execute(delete(responses).where(_of(tenant), chosen))
            rest = select(responses.c.id).where(_of(tenant), responses.c.thread == thread)
            left = connection.execute(rest.limit(1)).first()
        self._overwrite()
        return thread if left is None else None

    def threads(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> Sequence[str]:
        """See `ResponseStore`."""
        named = [responses.c.conversation.in_(ids) for ids in _batches(conversations)]
        named += [responses.c.thread.in_(ids) for ids in _batches(conversations)]
        named += [responses.c.customer_ref.in_(refs) for refs in _batches(customers)]
        found: set[str] = set()
        with self._translated(), self._engine.connect() as connection:
            for chosen in named:
                query = select(responses.c.thread).distinct().where(_of(tenant), chosen)
                found.update(connection.execute(query).scalars())
        return sorted(found)

    def erase(self, tenant: str, threads: Sequence[str]) -> int:
        """See `ResponseStore`."""
        gone = 0
        with self._translated(), self._engine.begin() as connection:
            for batch in _batches(threads):
                chosen = responses.c.thread.in_(batch)
                gone += connection.execute(delete(responses).where(_of(tenant), chosen)).rowcount
        if gone:
            self._overwrite()
        return gone

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _rows(self, tenant: str, chosen: ColumnElement[bool], now: float) -> list[Kept]:
        query = select(responses).where(_of(tenant), chosen, responses.c.expires > now)
        with self._translated(), self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def _overwrite(self) -> None:
        """Until then the log beside a SQLite file still holds what was erased."""
        if self._file is not None:
            with self._translated(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _translated(self) -> AbstractContextManager[None]:
        return engines.translated(self._name)


def _no_waiting(connection: SqliteConnection, _record: object) -> None:
    """A customer waits for each write: a power cut may cost the last turns, a crash nothing."""
    connection.execute("PRAGMA synchronous=NORMAL")


def _of(tenant: str) -> ColumnElement[bool]:
    return responses.c.tenant == text(tenant)


def _batches(names: Sequence[str]) -> list[list[str]]:
    clean = list(map(text, names))
    return [clean[start : start + _BATCH] for start in range(0, len(clean), _BATCH)]


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row of SQLAlchemy's
    held = from_json(row["kept"])
    return Kept(
        id=row["id"],
        tenant=row["tenant"],
        thread=row["thread"],
        previous=row["previous"],
        conversation=row["conversation"],
        customer_ref=row["customer_ref"],
        messages=held.get("messages") or [],
        response=held.get("response") or {},
    )
