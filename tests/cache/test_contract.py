"""What every cache store does alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from cache.base import CacheEntry, CacheStore
from cache.disk import DiskCacheStore
from cache.memory import MemoryCacheStore

ENTRY = CacheEntry(
    "e1", "acme", "how long?", "30 days.", 0.9, 100.0, ({"id": "c1", "score": 0.9},), "hr_1"
)


class FakeClock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


MAKERS: dict[str, Callable[[Path, FakeClock], CacheStore]] = {
    "memory": lambda _, clock: MemoryCacheStore(clock=clock),
    "disk": lambda folder, clock: DiskCacheStore(folder / "cache", clock=clock),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[CacheStore]:
    made: CacheStore = request.param(tmp_path, clock)
    yield made
    made.close()


def test_an_unknown_digest_is_a_miss(store: CacheStore) -> None:
    assert store.get("nothing") is None


def test_an_entry_comes_back_as_it_was(store: CacheStore) -> None:
    store.put("d", ENTRY, 60)
    assert store.get("d") == ENTRY


def test_an_entry_lives_as_long_as_it_was_told(store: CacheStore, clock: FakeClock) -> None:
    store.put("d", ENTRY, 60)
    clock.now += 59
    assert store.get("d") == ENTRY
    clock.now += 1
    assert store.get("d") is None
    assert store.entries() == []


def test_a_digest_holds_one_entry(store: CacheStore) -> None:
    store.put("d", ENTRY, 60)
    newer = replace(ENTRY, id="e2", answer="14 days.")
    store.put("d", newer, 60)
    assert store.get("d") == newer
    assert store.entries() == [newer]


def test_one_entry_is_evicted_by_its_id(store: CacheStore) -> None:
    other = replace(ENTRY, id="e2")
    store.put("d1", ENTRY, 60)
    store.put("d2", other, 60)
    assert store.delete("e1")
    assert not store.delete("e1")
    assert store.get("d1") is None
    assert store.get("d2") == other


def test_entries_are_listed_newest_first_per_tenant(store: CacheStore) -> None:
    for number, tenant in enumerate(["acme", "other", "acme", "acme"]):
        entry = replace(ENTRY, id=f"e{number}", tenant=tenant, stored_at=float(number))
        store.put(f"d{number}", entry, 60)
    assert [e.id for e in store.entries()] == ["e3", "e2", "e1", "e0"]
    assert [e.id for e in store.entries("acme", limit=2)] == ["e3", "e2"]
    assert store.entries("nobody") == []
    assert store.entries(limit=0) == []


def test_several_threads_may_use_it_at_once(store: CacheStore) -> None:
    def work(number: int) -> bool:
        entry = replace(ENTRY, id=f"e{number}")
        store.put(f"d{number}", entry, 60)
        return store.get(f"d{number}") == entry

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(64)))
    assert len(store.entries()) == 64
