"""What holds for every store of responses."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.records.responses import SqlResponses
from proxy.responses.base import Kept, ResponseStore
from proxy.responses.memory import MemoryResponses

NOW = 1_000.0
LATER = NOW + 60
FIRST = Kept(
    id="a",
    tenant="t",
    thread="a",
    previous=None,
    conversation="c1",
    customer_ref="ann",
    messages=({"role": "user", "content": "[PERSON_k7q2] ☃"},),
    response={"id": "a", "output": [{"type": "message"}]},
)
SECOND = replace(FIRST, id="b", previous="a", conversation=None, customer_ref=None)
OTHER = replace(FIRST, id="z", thread="z", conversation="c2", customer_ref="bo")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ResponseStore]:
    kind = request.param
    made: ResponseStore = (
        MemoryResponses()
        if kind == "memory"
        else SqlResponses(f"sqlite:///{tmp_path / 'records.db'}", lambda: NOW)
    )
    yield made
    made.close()


def fill(store: ResponseStore) -> None:
    for row in (FIRST, SECOND, OTHER):
        store.keep(row, LATER)


def ids(store: ResponseStore, name: str, tenant: str = "t", now: float = NOW) -> list[str]:
    return [row.id for row in store.thread(tenant, name, now)]


def test_what_was_kept_comes_back(store: ResponseStore) -> None:
    fill(store)
    found = store.one("t", "a", NOW)
    assert found is not None
    assert (list(found.messages), dict(found.response)) == (
        list(FIRST.messages),
        dict(FIRST.response),
    )
    assert replace(found, messages=FIRST.messages, response=FIRST.response) == FIRST
    assert ids(store, "b") == ["a", "b"]
    assert ids(store, "a") == ["a"]


@pytest.mark.parametrize("name", ["unheard-of", "", "' OR 1=1 --", "A"])
def test_what_was_not_kept_is_not_found(store: ResponseStore, name: str) -> None:
    fill(store)
    assert ids(store, name) == []
    assert store.one("t", name, NOW) is None
    assert store.delete("t", name) is None


def test_tenants_see_nothing_of_each_other(store: ResponseStore) -> None:
    fill(store)
    assert ids(store, "a", tenant="u") == []
    assert store.one("u", "a", NOW) is None
    assert store.delete("u", "a") is None
    assert store.threads("u", conversations=["c1"], customers=["ann"]) == []
    assert store.erase("u", ["a"]) == 0
    assert ids(store, "b") == ["a", "b"]


def test_a_thread_lives_as_long_as_its_last_turn(store: ResponseStore) -> None:
    store.keep(FIRST, NOW + 10)
    store.keep(SECOND, NOW + 50)
    assert ids(store, "b", now=NOW + 49) == ["a", "b"]
    assert ids(store, "b", now=NOW + 50) == []
    assert store.one("t", "a", NOW + 50) is None


def test_a_thread_that_is_deleted_bit_by_bit(store: ResponseStore) -> None:
    fill(store)
    assert store.delete("t", "a") is None
    assert ids(store, "b") == []  # what it continues is gone
    assert store.one("t", "b", NOW) is not None
    assert store.delete("t", "b") == "a"
    assert store.one("t", "b", NOW) is None


@pytest.mark.parametrize(
    ("conversations", "customers", "threads"),
    [
        (["c1"], [], ["a"]),
        ([], ["ann"], ["a"]),
        (["a"], [], ["a"]),
        (["c1", "c2"], [], ["a", "z"]),
        (["c1"], ["bo"], ["a", "z"]),
        (["b"], ["c1"], []),
        ([], [], []),
    ],
)
def test_threads_are_found_by_each_of_their_names(
    store: ResponseStore, conversations: list[str], customers: list[str], threads: list[str]
) -> None:
    fill(store)
    found = store.threads("t", conversations=conversations, customers=customers)
    assert list(found) == threads


def test_a_thread_is_erased_whole(store: ResponseStore) -> None:
    fill(store)
    assert store.erase("t", ["a"]) == 2
    assert store.one("t", "b", NOW) is None
    assert store.one("t", "z", NOW) is not None
    assert store.erase("t", ["a"]) == 0
    assert store.erase("t", []) == 0


def test_many_names_at_once(store: ResponseStore) -> None:
    fill(store)
    names = [f"n{n}" for n in range(1200)] + ["c1"]
    assert list(store.threads("t", conversations=names, customers=names)) == ["a"]
