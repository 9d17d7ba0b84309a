"""A cache in a folder of this machine, on diskcache: survives a restart."""

import heapq
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import diskcache

from cache.base import MOST_ALIKE, CacheEntry
from cache.codec import (
    Clock,
    decode,
    decode_digests,
    decode_expiring,
    encode,
    encode_digests,
)
from policies.errors import StoreError

_RAW = 1
"""diskcache's mode for a value that lies in its row as it is."""
_FORM = "form:"
"""Begins the key of a row that names the entries of one form."""


class JsonDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache publishes no types
    """Reads and writes text rows only, so nothing is ever unpickled (CVE-2025-69872).

    diskcache's own classes, its JSONDisk too, unpickle any row that says so, and open or
    remove whatever file a row names. Here such a row is unreadable.
    """

    def __init__(self, directory: str, **_settings: object) -> None:
        """Ignore settings: they are read from the database, which is not trusted."""
        super().__init__(directory)

    def put(self, key: object) -> tuple[str, bool]:
        """Return the key as stored."""
        if not isinstance(key, str):
            msg = "cache keys are text"
            raise TypeError(msg)
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return a stored key; one that is no text reads as the empty key."""
        return key if raw and isinstance(key, str) else ""

    def store(self, value: object, read: object, key: object = None) -> tuple[Any, ...]:  # noqa: ARG002 - diskcache's signature
        """Return the row of a value."""
        if not isinstance(value, str):
            msg = "cache values are JSON text"
            raise TypeError(msg)
        return 0, _RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> str:  # noqa: ARG002 - diskcache's signature
        """Return a stored value. Raises `OSError`, a miss for diskcache, for any other row."""
        if mode != _RAW or filename is not None or not isinstance(value, str):
            msg = "not a row of this cache"
            raise OSError(msg)
        return value

    def remove(self, file_path: object) -> None:
        """Remove nothing: no row of ours names a file."""


class DiskCacheStore:
    """Satisfies `CacheStore`; blocking, and safe to use from several threads.

    A row that is damaged or not ours is a miss; a database that can't be used is a
    `StoreError`. The folder is for this user only; never put it on a shared volume.
    """

    def __init__(
        self, folder: Path, size_limit: int = 256 * 1024 * 1024, *, clock: Clock = time.time
    ) -> None:
        """Open or create the cache in `folder`, of `size_limit` bytes at most.

        When it is full, what was stored first goes first. Raises `StoreError`.
        """
        self._clock = clock
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            self._cache = diskcache.Cache(
                str(folder.absolute()),
                timeout=1,
                disk=JsonDisk,
                size_limit=size_limit,
                eviction_policy="least-recently-stored",
                statistics=0,
                tag_index=0,
            )
        except (OSError, sqlite3.Error, diskcache.Timeout, TypeError, ValueError) as error:
            cause = error.strerror if isinstance(error, OSError) else type(error).__name__
            msg = (
                f"cache: the folder {folder} can't be used ({cause}): make it writable for the "
                "user that runs Handrail, or delete it; it holds only answers to be found again"
            )
            raise StoreError(msg) from None

    def get(self, digest: str) -> CacheEntry | None:
        """Return the entry under a digest unless it has expired."""
        with _translated("reading"):
            return decode(self._cache.get(digest), self._clock())

    def alike(self, form: str) -> list[CacheEntry]:
        """Return entries that were stored under a form, newest first."""
        with _translated("reading"):
            now = self._clock()
            digests = decode_digests(self._cache.get(_FORM + form))[:MOST_ALIKE]
            found = (decode(self._cache.get(digest), now) for digest in digests)
            return [entry for entry in found if entry is not None]

    def put(self, digest: str, entry: CacheEntry, ttl_s: float, forms: Sequence[str] = ()) -> None:
        """Store an entry for `ttl_s` seconds."""
        with _translated("writing"):
            text = encode(entry, self._clock() + ttl_s)
            self._cache.set(digest, text, expire=ttl_s)
            for form in forms:
                with self._cache.transact():
                    known = decode_digests(self._cache.get(_FORM + form))
                    digests = [digest, *(d for d in known if d != digest)][:MOST_ALIKE]
                    self._cache.set(_FORM + form, encode_digests(digests), expire=ttl_s)

    def approve(self, entry_id: str) -> bool:
        """Let an entry be given to customers; False if there is none. Reads every entry."""
        with _translated("approving"):
            now = self._clock()
            found = [digest for digest, entry in self._all() if entry.id == entry_id]
            for digest in found:
                with self._cache.transact():
                    entry, expires_at = decode_expiring(self._cache.get(digest), now)
                    if entry is not None:
                        text = encode(replace(entry, approved=True), expires_at)
                        self._cache.set(digest, text, expire=expires_at - now)
            return bool(found)

    def clear(self, tenant: str | None = None) -> int:
        """Evict every entry, or every one of a tenant; return how many there were."""
        with _translated("deleting"):
            found = [digest for digest, entry in self._all() if tenant in (None, entry.tenant)]
            return sum(bool(self._cache.delete(digest)) for digest in found)

    def find(self, entry_id: str) -> CacheEntry | None:
        """Return one entry by its id. Reads every entry."""
        with _translated("reading"):
            return next((entry for _, entry in self._all() if entry.id == entry_id), None)

    def delete(self, entry_id: str) -> bool:
        """Evict an entry by its id; False if there is none. Reads every entry."""
        with _translated("deleting"):
            found = [digest for digest, entry in self._all() if entry.id == entry_id]
            return sum(bool(self._cache.delete(digest)) for digest in found) > 0

    def entries(self, tenant: str | None = None, limit: int = 100) -> list[CacheEntry]:
        """List entries that have not expired, newest first. Reads every entry."""
        with _translated("listing"):
            mine = (entry for _, entry in self._all() if tenant in (None, entry.tenant))
            return heapq.nlargest(max(limit, 0), mine, key=lambda entry: entry.stored_at)

    def close(self) -> None:
        """Close the database."""
        with _translated("closing"):
            self._cache.close()

    def _all(self) -> Iterator[tuple[str, CacheEntry]]:
        now = self._clock()
        for digest in self._cache:
            if (entry := decode(self._cache.get(digest), now)) is not None:
                yield digest, entry


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    """Keep what was cached out of the message."""
    try:
        yield
    except (OSError, sqlite3.Error, diskcache.Timeout, TypeError, ValueError) as error:
        raise StoreError(f"cache: {doing} failed: {type(error).__name__}") from None
