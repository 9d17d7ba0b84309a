from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from proxy.records.memory import MemoryRecordStore
from proxy.records.memory_cases import MemoryAudit
from proxy.records.sql import SqlRecordStore

Store = MemoryRecordStore | SqlRecordStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/records.db"
    made = MemoryRecordStore() if request.param == "memory" else SqlRecordStore(url)
    yield made
    made.close()


def test_entries_come_back_newest_first_and_paged(store: Store) -> None:
    for number in range(3):
        store.audit.record("kim", "handoff.claim", f"h{number}", {"n": number})
    store.audit.record("bo", "policy.tighten", "refund")
    newest, *rest = store.audit.entries()
    assert (newest["actor"], newest["target"], newest["detail"]) == ("bo", "refund", {})
    assert newest["at"].endswith("Z")
    assert [e["detail"]["n"] for e in rest] == [2, 1, 0]
    assert [e["target"] for e in store.audit.entries(limit=1, after=newest["seq"])] == ["h2"]
    assert [e["target"] for e in store.audit.entries(actor="bo")] == ["refund"]
    assert [e["target"] for e in store.audit.entries(action="handoff.claim", target="h1")] == ["h1"]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_what_was_done(tmp_path: Path, change: str) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    store = SqlRecordStore(url)
    store.audit.record("kim", "handoff.claim", "h1")
    engine = create_engine(url)
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    [entry] = store.audit.entries()
    assert entry["actor"] == "kim"
    store.close()


def test_erasing_a_customer_keeps_who_did_what(store: Store) -> None:
    store.audit.record("kim", "handoff.claim", "h1")
    store.erase("acme", conversations=["c"])
    assert len(store.audit.entries()) == 1


def test_memory_dates_entries_by_its_clock() -> None:
    audit = MemoryAudit(now=lambda: 0.0)
    audit.record("kim", "handoff.claim", "h1")
    assert audit.entries()[0]["at"] == "1970-01-01T00:00:00.000Z"
