"""What the cache keeps and the protocol that every store satisfies."""

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Everything that must be equal before an answer may be given again.

    Hard parts, all of them: another tenant, policy, knowledge, locale, scope or audience
    is another cache.
    """

    tenant: str
    policy: str
    """The policy's version."""
    knowledge: str
    """The knowledge base's revision."""
    locale: str
    scope: str
    """Canonical form of the request's scope."""
    intent: str
    alias: str
    """What the bot sent as `model`."""
    prompt: str
    """Hash of the system prompt and of everything else in the request that shapes an answer."""
    question: str
    """The normalised question, with placeholders."""

    def digest(self) -> str:
        """Return a hash of all parts, hexadecimal."""
        parts = [getattr(self, name) for name in self.__slots__]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One stored answer, in redacted form."""

    id: str
    tenant: str
    question: str
    answer: str
    confidence: float
    stored_at: float
    """Unix time in seconds."""
    claims: tuple[dict[str, Any], ...] = ()
    """The claims with their evidence, so that a hit can be checked again."""
    result_id: str = ""
    """The decision that stored it."""


class CacheStore(Protocol):
    """A place for entries. Blocking; a failure raises `StoreError` and counts as a miss."""

    def get(self, digest: str) -> CacheEntry | None:
        """Return the entry under a key's digest unless it has expired."""
        ...

    def put(self, digest: str, entry: CacheEntry, ttl_s: float) -> None:
        """Store an entry for `ttl_s` seconds."""
        ...

    def delete(self, entry_id: str) -> bool:
        """Evict one entry by its id; False if there is none."""
        ...

    def entries(self, tenant: str | None = None, limit: int = 100) -> list[CacheEntry]:
        """List entries, newest first."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
