from cache.base import CacheEntry
from cache.memory import MemoryCacheStore


def test_what_was_stored_first_goes_first() -> None:
    store = MemoryCacheStore(capacity=2, clock=lambda: 0.0)
    for name in "abc":
        store.put(name, CacheEntry(name, "t", "q", "a", 0.9, 0.0), 60)
    assert store.get("a") is None
    assert store.get("b") is not None
    assert store.get("c") is not None


def test_closing_forgets() -> None:
    store = MemoryCacheStore(clock=lambda: 0.0)
    store.put("d", CacheEntry("e", "t", "q", "a", 0.9, 0.0), 60)
    store.close()
    assert store.entries() == []
