"""What every cache store does alike."""

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from cache.base import MOST_ALIKE, CacheEntry, CacheStore
from cache.disk import DiskCacheStore
from cache.memory import MemoryCacheStore
from cache.redis import RedisCacheStore
from policies.errors import StoreError
from proxy.redis_client import RedisCommands

ENTRY = CacheEntry(
    "e1",
    "acme",
    "how long?",
    "30 days.",
    0.9,
    100.0,
    ({"id": "c1", "score": 0.9},),
    "hr_1",
    "returns",
    "kb1",
    ("returns#aa",),
)
URL = "redis://127.0.0.1:6379/0"


class FakeClock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Place:
    """A store, and a way to let time pass for it."""

    store: CacheStore
    later: Callable[[float], object]


def memory(_: Path) -> Place:
    clock = FakeClock()
    return Place(MemoryCacheStore(clock=clock), lambda s: setattr(clock, "now", clock.now + s))


def disk(folder: Path) -> Place:
    clock = FakeClock()
    store = DiskCacheStore(folder / "cache", clock=clock)
    return Place(store, lambda s: setattr(clock, "now", clock.now + s))


@pytest.fixture(
    params=["memory", "disk", pytest.param("redis", marks=pytest.mark.redis)],
)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, lacking: Callable[[str], NoReturn]
) -> Iterator[Place]:
    if request.param == "redis":
        commands = RedisCommands(URL)
        try:
            commands("PING")
        except StoreError:
            lacking("there is no Redis server at 127.0.0.1:6379")
        prefix = f"{{test-{secrets.token_hex(6)}}}"
        made = Place(RedisCacheStore(commands, prefix), threading.Event().wait)
        yield made
        for key in commands("KEYS", f"{prefix}*"):
            commands("DEL", key)
    else:
        made = {"memory": memory, "disk": disk}[request.param](tmp_path)
        yield made
    made.store.close()


@pytest.fixture
def store(place: Place) -> CacheStore:
    return place.store


def test_an_unknown_digest_is_a_miss(store: CacheStore) -> None:
    assert store.get("nothing") is None
    assert list(store.alike("nothing")) == []
    assert store.find("nothing") is None


def test_an_entry_comes_back_as_it_was(store: CacheStore) -> None:
    store.put("d", ENTRY, 60)
    assert store.get("d") == ENTRY
    assert store.find("e1") == ENTRY


def test_an_entry_lives_as_long_as_it_was_told(place: Place) -> None:
    place.store.put("d", ENTRY, 0.3, ["f"])
    place.later(0.01)
    assert place.store.get("d") == ENTRY
    place.later(0.4)
    assert place.store.get("d") is None
    assert list(place.store.alike("f")) == []
    assert place.store.entries() == []


def test_a_digest_holds_one_entry(store: CacheStore) -> None:
    store.put("d", ENTRY, 60)
    newer = replace(ENTRY, id="e2", answer="14 days.")
    store.put("d", newer, 60)
    assert store.get("d") == newer
    assert store.entries() == [newer]


def test_entries_of_a_form_are_found_newest_first(store: CacheStore) -> None:
    older, newer = ENTRY, replace(ENTRY, id="e2", stored_at=200.0)
    store.put("d1", older, 60, ["f", "g"])
    store.put("d2", newer, 60, ["f"])
    assert list(store.alike("f")) == [newer, older]
    assert list(store.alike("g")) == [older]


def test_a_form_names_a_few_entries_only(store: CacheStore) -> None:
    for n in range(MOST_ALIKE + 3):
        store.put(f"d{n}", replace(ENTRY, id=f"e{n}", stored_at=float(n)), 60, ["f"])
    assert [e.id for e in store.alike("f")] == [f"e{n}" for n in range(MOST_ALIKE + 2, 2, -1)]


def test_one_entry_is_evicted_by_its_id(store: CacheStore) -> None:
    other = replace(ENTRY, id="e2")
    store.put("d1", ENTRY, 60, ["f"])
    store.put("d2", other, 60, ["f"])
    assert store.delete("e1")
    assert not store.delete("e1")
    assert store.get("d1") is None
    assert store.get("d2") == other
    assert list(store.alike("f")) == [other]


def test_an_entry_whose_place_was_taken_is_no_longer_there(store: CacheStore) -> None:
    newer = replace(ENTRY, id="e2")
    store.put("d", ENTRY, 60)
    store.put("d", newer, 60)
    assert store.find("e1") is None
    assert not store.approve("e1")
    assert not store.delete("e1")
    assert store.get("d") == newer


def test_approval_keeps_the_expiry(place: Place) -> None:
    place.store.put("d", replace(ENTRY, approved=False), 0.5)
    assert place.store.approve("e1")
    assert place.store.get("d") == ENTRY
    assert not place.store.approve("e9")
    place.later(0.7)
    assert place.store.get("d") is None


def test_all_entries_or_those_of_a_tenant_are_evicted(store: CacheStore) -> None:
    for n, tenant in enumerate(["acme", "other", "acme"]):
        store.put(f"d{n}", replace(ENTRY, id=f"e{n}", tenant=tenant), 60)
    assert store.clear("acme") == 2
    assert [e.id for e in store.entries()] == ["e1"]
    assert store.clear() == 1
    assert store.entries() == []


def test_entries_are_listed_newest_first_per_tenant(store: CacheStore) -> None:
    for number, tenant in enumerate(["acme", "other", "acme", "acme"]):
        entry = replace(ENTRY, id=f"e{number}", tenant=tenant, stored_at=float(number))
        store.put(f"d{number}", entry, 60)
    assert [e.id for e in store.entries()] == ["e3", "e2", "e1", "e0"]
    assert [e.id for e in store.entries("acme", limit=2)] == ["e3", "e2"]
    assert store.entries("nobody") == []
    assert store.entries(limit=0) == []


def test_what_json_cannot_hold_is_not_stored(store: CacheStore) -> None:
    broken: Any = replace(ENTRY, confidence=float("nan"))
    if isinstance(store, MemoryCacheStore):
        pytest.skip("keeps objects, writes no JSON")
    with pytest.raises(StoreError, match="writing"):
        store.put("d", broken, 60)
    assert store.get("d") is None


def test_several_threads_may_use_it_at_once(store: CacheStore) -> None:
    def work(number: int) -> bool:
        entry = replace(ENTRY, id=f"e{number}")
        store.put(f"d{number}", entry, 60, ["f"])
        return store.get(f"d{number}") == entry

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(64)))
    assert len(store.entries()) == 64
