"""A cache that lasts as long as its process: for tests and for one small replica."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from cache.base import MOST_ALIKE, CacheEntry
from cache.codec import Clock


class MemoryCacheStore:
    """Satisfies `CacheStore`; safe to use from several threads."""

    def __init__(self, *, capacity: int = 10_000, clock: Clock = time.time) -> None:
        """Keep at most `capacity` entries: the one stored first goes first."""
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, CacheEntry]] = OrderedDict()
        self._forms: OrderedDict[str, list[str]] = OrderedDict()

    def get(self, digest: str) -> CacheEntry | None:
        """Return the entry under a digest unless it has expired."""
        with self._lock:
            expires_at, entry = self._kept.get(digest, (0.0, None))
            if entry is not None and expires_at <= self._clock():
                del self._kept[digest]
                return None
        return entry

    def alike(self, form: str) -> list[CacheEntry]:
        """Return entries that were stored under a form, newest first."""
        with self._lock:
            digests = list(self._forms.get(form, ()))
        found = (self.get(digest) for digest in digests)
        return [entry for entry in found if entry is not None]

    def put(self, digest: str, entry: CacheEntry, ttl_s: float, forms: Sequence[str] = ()) -> None:
        """Store an entry for `ttl_s` seconds."""
        with self._lock:
            for form in forms:
                others = [d for d in self._forms.pop(form, ()) if d != digest]
                self._forms[form] = [digest, *others][:MOST_ALIKE]
            while len(self._forms) > self._capacity:
                self._forms.popitem(last=False)
            self._kept.pop(digest, None)
            self._kept[digest] = (self._clock() + ttl_s, entry)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)

    def approve(self, entry_id: str) -> bool:
        """Let an entry be given to customers; False if there is none."""
        with self._lock:
            found = [d for d, (_, entry) in self._kept.items() if entry.id == entry_id]
            for digest in found:
                expires_at, entry = self._kept[digest]
                self._kept[digest] = (expires_at, replace(entry, approved=True))
        return bool(found)

    def clear(self, tenant: str | None = None) -> int:
        """Evict every entry, or every one of a tenant; return how many there were."""
        with self._lock:
            found = [d for d, (_, e) in self._kept.items() if tenant in (None, e.tenant)]
            for digest in found:
                del self._kept[digest]
        return len(found)

    def find(self, entry_id: str) -> CacheEntry | None:
        """Return one entry by its id."""
        mine = self.entries(limit=self._capacity)
        return next((entry for entry in mine if entry.id == entry_id), None)

    def delete(self, entry_id: str) -> bool:
        """Evict an entry by its id; False if there is none."""
        with self._lock:
            found = [d for d, (_, entry) in self._kept.items() if entry.id == entry_id]
            for digest in found:
                del self._kept[digest]
        return bool(found)

    def entries(self, tenant: str | None = None, limit: int = 100) -> list[CacheEntry]:
        """List entries that have not expired, newest first."""
        now = self._clock()
        with self._lock:
            live = [e for expires_at, e in self._kept.values() if expires_at > now]
        mine = [e for e in live if tenant in (None, e.tenant)]
        return sorted(mine, key=lambda e: e.stored_at, reverse=True)[: max(limit, 0)]

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._forms.clear()
