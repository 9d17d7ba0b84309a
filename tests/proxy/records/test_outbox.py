"""What only the outbox in a database does; the rest is in tests/proxy/handoff/test_outbox.py."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from policies.errors import StoreError
from proxy.handoff.outbox import Status
from proxy.records.outbox import Event, SqlOutbox, _due, _free, add_entries
from proxy.records.sql import SqlRecordStore

NOW = 1_767_225_600.0
PACKET: dict[str, Any] = {
    "handoff_id": "h1",
    "idempotency_key": "k1",
    "created_at": "2026-01-01T00:00:00.000Z",
    "tenant": "acme",
    "conversation": {"id": "SECRET"},
    "trigger": {"reason_code": "not_in_kb"},
    "routing": {"owner": "shop"},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRecordStore]:
    made = SqlRecordStore(f"sqlite:///{tmp_path}/records.db")
    yield made
    made.close()


def test_a_row_that_cannot_be_read_is_given_up_and_holds_up_nothing(
    store: SqlRecordStore, tmp_path: Path
) -> None:
    store.open_handoff(PACKET, sinks=["desk"])
    more = {"handoff_id": "h2", "idempotency_key": "k2", "conversation": {"id": "c2"}}
    store.open_handoff({**PACKET, **more}, sinks=["desk"])
    with closing(sqlite3.connect(tmp_path / "records.db")) as database, database:
        database.execute("UPDATE handoffs SET packet = '{' WHERE id = 'h1'")
    [found] = store.outbox.claim("desk", now=NOW, lease_s=10, limit=9)
    assert found.handoff_id == "h2"
    [dead] = store.outbox.entries(status=Status.DEAD)
    assert (dead["handoff_id"], dead["error"]) == ("h1", "damaged_row")


def test_other_events_carry_their_own_data_and_key(store: SqlRecordStore) -> None:
    store.open_handoff(PACKET)
    event = Event("h1-r1", "h1", "handoff.replied", "2026-01-01T00:00:01.000Z", '{"a":1}')
    with store._engine.begin() as connection:
        add_entries(connection, event, ["desk"])
    [found] = store.outbox.claim("desk", now=NOW, lease_s=10, limit=9)
    assert (found.type, found.key, found.data) == ("handoff.replied", "h1-r1", {"a": 1})


def test_one_event_waits_once_per_sink(store: SqlRecordStore) -> None:
    store.open_handoff(PACKET, sinks=["desk"])
    event = Event("h1", "h1", "handoff.created", "2026-01-01T00:00:00.000Z")
    with pytest.raises(IntegrityError), store._engine.begin() as connection:
        add_entries(connection, event, ["desk"])


def test_a_failure_names_the_database_and_quotes_nothing(
    store: SqlRecordStore, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "records.db")) as database, database:
        database.execute("DROP TABLE outbox")
    for call in (
        lambda: store.outbox.claim("desk", now=NOW, lease_s=10, limit=1),
        lambda: store.outbox.waiting(NOW),
        store.outbox.entries,
        store.outbox.replay,
    ):
        with pytest.raises(StoreError, match=r"records\.db: SQLITE_ERROR") as failed:
            call()
        assert failed.value.__cause__ is None


def test_where_the_database_can_rows_of_other_workers_are_skipped() -> None:
    statement = _due(_free("desk", NOW), 5).compile(dialect=postgresql.dialect())
    assert "FOR UPDATE SKIP LOCKED" in str(statement)


def test_an_outbox_of_its_own_sees_the_same_rows(store: SqlRecordStore) -> None:
    store.open_handoff(PACKET, sinks=["desk"])
    other = SqlOutbox(store._engine, "records.db")
    assert len(other.entries()) == 1
