"""What the database itself must do; the rest is in the contract of all stores."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from policies.errors import StoreError
from proxy.records.responses import SqlResponses
from proxy.records.sql import SqlRecordStore
from proxy.responses.base import Kept

ROW = Kept("a", "t", "a", None, "c1", None, ({"content": "MARKED"},), {"id": "a"})


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'records.db'}"


def test_they_survive_a_restart_beside_the_records(tmp_path: Path) -> None:
    with closing(SqlRecordStore(url(tmp_path))), closing(SqlResponses(url(tmp_path))) as store:
        store.keep(ROW, 2e10)
    with closing(SqlRecordStore(url(tmp_path))), closing(SqlResponses(url(tmp_path))) as store:
        assert [row.id for row in store.thread("t", "a", 0.0)] == ["a"]


def test_what_has_expired_is_erased_when_something_is_kept(tmp_path: Path) -> None:
    now = 100.0
    with closing(SqlResponses(url(tmp_path), lambda: now)) as store:
        store.keep(ROW, 110.0)
        now = 120.0
        store.keep(replace(ROW, id="b", thread="b"), 130.0)
    with closing(sqlite3.connect(tmp_path / "records.db")) as db:
        assert db.execute("SELECT id FROM responses").fetchall() == [("b",)]


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("way", ["delete", "erase"])
def test_what_is_erased_is_overwritten(tmp_path: Path, way: str) -> None:
    with closing(SqlResponses(url(tmp_path))) as store:
        store.keep(ROW, 2e10)
        assert b"MARKED" in bytes_of(tmp_path)
        if way == "delete":
            assert store.delete("t", "a") == "a"
        else:
            assert store.erase("t", ["a"]) == 1
        assert b"MARKED" not in bytes_of(tmp_path)


def test_a_failure_names_no_row(tmp_path: Path) -> None:
    with closing(SqlResponses(url(tmp_path))) as store:
        store.keep(ROW, 2e10)
        with pytest.raises(StoreError) as twice:
            store.keep(ROW, 2e10)
        assert "MARKED" not in str(twice.value)
        with closing(sqlite3.connect(tmp_path / "records.db")) as db:
            db.execute("DROP TABLE responses")
        with pytest.raises(StoreError) as gone:
            store.one("t", "a", 0.0)
    assert str(gone.value) == "records: records.db: SQLITE_ERROR"


def test_a_folder_that_can_t_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't write"):
        SqlResponses(f"sqlite:///{tmp_path / 'file' / 'records.db'}")
