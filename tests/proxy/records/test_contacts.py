"""Counting a customer's conversations, in every store alike."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.records.memory import MemoryRecordStore
from proxy.records.sql import SqlRecordStore

Store = MemoryRecordStore | SqlRecordStore
MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryRecordStore(),
    "sqlite": lambda folder: SqlRecordStore(f"sqlite:///{folder}/records.db"),
}
SINCE = "2026-01-10T00:00:00.000Z"


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = request.param(tmp_path)
    yield made
    made.close()


def save(store: Store, number: int, **changes: Any) -> None:
    record: dict[str, Any] = {
        "id": f"hr_{number}",
        "action": "pass",
        "created_at": "2026-01-12T00:00:00.000Z",
        "tenant": "shop",
        "customer_ref": "c-1",
        "conversation": f"chat-{number}",
        "intent": {"name": "refund"},
    }
    store.save_decision({**record, **changes})


def count(store: Store, besides: str = "now") -> int:
    return store.contacts("shop", "c-1", "refund", since=SINCE, besides=besides)


def test_conversations_are_counted_not_turns(store: Store) -> None:
    assert count(store) == 0
    for number in (1, 2, 3):
        save(store, number)
        save(store, number + 10, conversation=f"chat-{number}")
    assert count(store) == 3
    assert count(store, besides="chat-2") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"tenant": "other"},
        {"customer_ref": "c-2"},
        {"customer_ref": None},
        {"intent": {"name": "invoice"}},
        {"intent": None},
        {"created_at": "2026-01-09T23:59:59.999Z"},
        {"conversation": "unknown"},
        {"conversation": ""},
    ],
)
def test_another_matter_does_not_count(store: Store, changes: dict[str, Any]) -> None:
    save(store, 1, **changes)
    assert count(store) == 0
