"""A cache in Redis, shared by replicas. Knows commands only; the connection comes in."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from cache.base import MOST_ALIKE, CacheEntry
from cache.codec import Clock, decode, decode_expiring, encode
from policies.errors import StoreError

_NEVER = 0.0
"""Redis itself drops what has expired, so replicas whose clocks differ agree."""
_PAGE = 200
_LISTED = 100_000
"""Entries that can be listed; more are found all the same."""


class Commands(Protocol):
    """A connection. Blocking; every failure is a `StoreError`."""

    def __call__(self, *command: str | bytes | float) -> Any:  # noqa: ANN401 - Redis has several types
        """Send one command and return its answer, texts as bytes."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


class RedisCacheStore:
    """Satisfies `CacheStore`; safe to use from several threads and processes.

    Holds JSON texts with placeholders. Whatever else lies under its keys is a miss. Each
    entry lives as long as it was told by the server's clock; nothing else limits the size.
    """

    def __init__(
        self, commands: Commands, prefix: str = "{handrail-cache}", *, clock: Clock = time.time
    ) -> None:
        """Use `commands`; `prefix` begins every key, its braces keep them in one slot."""
        self._do = commands
        self._prefix = prefix
        self._clock = clock

    def get(self, digest: str) -> CacheEntry | None:
        """Return the entry under a digest unless it has expired."""
        return decode(_text(self._do("GET", self._entry(digest))), _NEVER)

    def alike(self, form: str) -> list[CacheEntry]:
        """Return entries that were stored under a form, newest first."""
        digests = self._do("ZREVRANGE", self._form(form), 0, MOST_ALIKE - 1)
        return [entry for _, entry in self._read(_digests(digests))]

    def put(self, digest: str, entry: CacheEntry, ttl_s: float, forms: Sequence[str] = ()) -> None:
        """Store an entry for `ttl_s` seconds."""
        ms = max(1, int(ttl_s * 1000))
        try:
            text = encode(entry, self._clock() + ttl_s)
        except (TypeError, ValueError) as error:
            raise StoreError(f"cache: writing failed: {type(error).__name__}") from None
        self._do("SET", self._entry(digest), text, "PX", ms)
        self._do("SET", self._id(entry.id), digest, "PX", ms)
        self._do("ZADD", self._all, entry.stored_at, digest)
        self._do("ZREMRANGEBYRANK", self._all, 0, -_LISTED - 1)
        for form in forms:
            key = self._form(form)
            self._do("ZADD", key, entry.stored_at, digest)
            self._do("ZREMRANGEBYRANK", key, 0, -MOST_ALIKE - 1)
            self._do("PEXPIRE", key, ms)

    def approve(self, entry_id: str) -> bool:
        """Let an entry be given to customers; False if there is none."""
        digest = _text(self._do("GET", self._id(entry_id)))
        if digest is None:
            return False
        entry, expires_at = decode_expiring(_text(self._do("GET", self._entry(digest))), _NEVER)
        if entry is None or entry.id != entry_id:
            return False
        text = encode(replace(entry, approved=True), expires_at)
        return self._do("SET", self._entry(digest), text, "XX", "KEEPTTL") is not None

    def delete(self, entry_id: str) -> bool:
        """Evict an entry by its id; False if there is none."""
        digest = _text(self._do("GET", self._id(entry_id)))
        if digest is None:
            return False
        entry = self.get(digest)
        self._do("DEL", self._id(entry_id))
        if entry is not None and entry.id != entry_id:
            return False
        self._do("ZREM", self._all, digest)
        return bool(self._do("DEL", self._entry(digest)))

    def clear(self, tenant: str | None = None) -> int:
        """Evict every entry, or every one of a tenant; return how many there were."""
        return sum(self.delete(entry.id) for entry in self.entries(tenant, _LISTED))

    def find(self, entry_id: str) -> CacheEntry | None:
        """Return one entry by its id."""
        digest = _text(self._do("GET", self._id(entry_id)))
        entry = None if digest is None else self.get(digest)
        return entry if entry is not None and entry.id == entry_id else None

    def entries(self, tenant: str | None = None, limit: int = 100) -> list[CacheEntry]:
        """List entries that have not expired, newest first."""
        found: list[CacheEntry] = []
        start = 0
        while len(found) < limit:
            digests = _digests(self._do("ZREVRANGE", self._all, start, start + _PAGE - 1))
            if not digests:
                break
            live = self._read(digests)
            gone = set(digests) - {digest for digest, _ in live}
            if gone:
                self._do("ZREM", self._all, *gone)
            found.extend(entry for _, entry in live if tenant in (None, entry.tenant))
            start += len(digests) - len(gone)
        return found[: max(limit, 0)]

    def close(self) -> None:
        """Close the connection."""
        self._do.close()

    def _read(self, digests: Sequence[str]) -> list[tuple[str, CacheEntry]]:
        if not digests:
            return []
        texts = self._do("MGET", *(self._entry(digest) for digest in digests))
        entries = [decode(_text(text), _NEVER) for text in texts]
        pairs = zip(digests, entries, strict=True)
        return [(digest, entry) for digest, entry in pairs if entry is not None]

    @property
    def _all(self) -> str:
        return f"{self._prefix}:all"

    def _entry(self, digest: str) -> str:
        return f"{self._prefix}:entry:{digest}"

    def _id(self, entry_id: str) -> str:
        return f"{self._prefix}:id:{entry_id}"

    def _form(self, form: str) -> str:
        return f"{self._prefix}:form:{form}"


def _text(value: object) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None


def _digests(values: Sequence[object]) -> list[str]:
    return [text for text in map(_text, values) if text is not None]
