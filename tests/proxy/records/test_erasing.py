"""What only the SQL statements do; what all stores do alike is in test_contract.py."""

import sqlite3
from contextlib import closing
from pathlib import Path

from proxy.records.base import ErasedRows
from proxy.records.sql import SqlRecordStore


def record(number: int, conversation: str, ref: str | None = None) -> dict[str, object]:
    made = {"id": f"hr_{number}", "action": "pass", "tenant": "acme", "customer_ref": ref}
    return {**made, "conversation": conversation, "question": f"planted-question-{number}"}


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_erased_rows_are_gone_from_the_bytes(tmp_path: Path) -> None:
    store = SqlRecordStore(f"sqlite:///{tmp_path}/records.db")
    store.save_decisions([record(1, "c1", "ann"), record(2, "c2", "bo")])
    assert b"planted-question-1" in on_disk(tmp_path)
    assert store.erase("acme", customers=["ann"]) == ErasedRows(1, 0)
    assert b"planted-question-1" not in on_disk(tmp_path)
    assert b"planted-question-2" in on_disk(tmp_path)
    store.close()


def test_more_names_than_one_statement_takes(tmp_path: Path) -> None:
    store = SqlRecordStore(f"sqlite:///{tmp_path}/records.db")
    store.save_decisions([record(n, f"c{n}") for n in range(1200)])
    names = [f"c{n}" for n in range(1, 2000)]
    assert store.erase("acme", conversations=names) == ErasedRows(1199, 0)
    store.close()
    with closing(sqlite3.connect(tmp_path / "records.db")) as database:
        assert database.execute("SELECT conversation FROM decisions").fetchall() == [("c0",)]
