import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.sql import SqlRecordStore

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
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "records.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlRecordStore]:
    made = SqlRecordStore(f"sqlite:///{file}")
    yield made
    made.close()


def query(file: Path, statement: str) -> Any:
    with closing(sqlite3.connect(file)) as database, database:
        return database.execute(statement).fetchone()


def test_folder_and_files_are_for_this_user_only(store: SqlRecordStore, file: Path) -> None:
    store.open_handoff(PACKET)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {f.name: stat.S_IMODE(f.stat().st_mode) for f in file.parent.iterdir()} == {
        "records.db": 0o600,
        "records.db-wal": 0o600,
        "records.db-shm": 0o600,
    }


def test_handoffs_are_flushed_to_disk_at_each_commit(store: SqlRecordStore, file: Path) -> None:
    assert query(file, "PRAGMA journal_mode") == ("wal",)
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_records_outlive_the_store(store: SqlRecordStore, file: Path) -> None:
    store.open_handoff(PACKET)
    store.close()
    again = SqlRecordStore(f"sqlite:///{file}")
    assert not again.open_handoff(PACKET).created
    again.close()


def test_a_folder_that_cannot_be_written_names_itself_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/below \(.*data_dir"):
        SqlRecordStore(f"sqlite:///{tmp_path}/file/below/records.db")


def test_a_database_of_a_newer_version_is_left_alone(store: SqlRecordStore, file: Path) -> None:
    store.close()
    query(file, "UPDATE meta SET value = '3' WHERE name = 'schema_version'")
    with pytest.raises(StoreError, match=r"newer Handrail \(its schema is 3"):
        SqlRecordStore(f"sqlite:///{file}")
    assert query(file, "SELECT value FROM meta") == ("3",)


def test_several_may_open_a_new_database_at_once(file: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: SqlRecordStore(f"sqlite:///{file}"), range(6)))
    for store in stores:
        store.ping()
        store.close()
    assert query(file, "SELECT count(*) FROM meta") == (1,)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="needs a file"):
        SqlRecordStore(url)


@pytest.mark.parametrize("url", ["records.db", "nosuch://me:hunter2@host/db", ""])
def test_a_url_that_is_none_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(StoreError, match="neither") as failed:
        SqlRecordStore(url)
    assert "hunter2" not in str(failed.value)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(StoreError, match="driver") as failed:
        SqlRecordStore("mysql+mysqlconnector://me:hunter2@127.0.0.1:1/db")
    assert "hunter2" not in str(failed.value)


def test_a_file_that_is_no_database_is_a_store_error(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match=r"records\.db: SQLITE_NOTADB"):
        SqlRecordStore(f"sqlite:///{file}")


def test_a_failed_write_names_its_kind_and_no_value(store: SqlRecordStore, file: Path) -> None:
    query(file, "DROP TABLE outbox")
    with pytest.raises(StoreError, match=r"records\.db: SQLITE_ERROR") as failed:
        store.open_handoff(PACKET, sinks=["desk"])
    assert "SECRET" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_packet_and_outbox_are_stored_together_or_not_at_all(
    store: SqlRecordStore, file: Path
) -> None:
    query(
        file,
        "CREATE TRIGGER no BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'full'); END",
    )
    with pytest.raises(StoreError):
        store.open_handoff(PACKET, sinks=["desk"])
    assert query(file, "SELECT count(*) FROM handoffs") == (0,)
    query(file, "DROP TRIGGER no")
    assert store.open_handoff(PACKET, sinks=["desk"]).created


def test_another_handoff_with_the_same_id_is_an_error(store: SqlRecordStore) -> None:
    store.open_handoff(PACKET)
    with pytest.raises(StoreError, match="same id"):
        store.open_handoff({**PACKET, "idempotency_key": "k2", "conversation": {"id": "other"}})


def test_ping_notices_a_file_that_is_gone(store: SqlRecordStore, file: Path) -> None:
    file.unlink()
    with pytest.raises(StoreError, match="gone"):
        store.ping()


def test_ping_notices_a_database_that_is_locked(store: SqlRecordStore, file: Path) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
        connection.rollback()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="SQLITE_BUSY"):
            store.ping()
        other.execute("ROLLBACK")
    store.ping()


def test_ping_notices_lost_tables(store: SqlRecordStore, file: Path) -> None:
    query(file, "DELETE FROM meta")
    with pytest.raises(StoreError, match="lost its tables"):
        store.ping()
