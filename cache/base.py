"""What the cache keeps and the protocol that every store satisfies."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Everything that must be equal before an answer may be given again.

    Hard parts, all of them: another tenant, policy, tier floor, locale, scope or audience is
    another cache. The knowledge is not among them: an entry names its own evidence and dies
    when that changes, see `cache/proofs.py`.
    """

    tenant: str
    policy: str
    """The policy's and the configuration's version."""
    tier: str
    """The weakest tier that the policy allows for the question."""
    locale: str
    scope: str
    """Canonical form of the request's scope."""
    audience: str
    """Who reads the answer; pages for agents are never evidence for a customer."""
    intent: str
    alias: str
    """What the bot sent as `model`."""
    prompt: str
    """Hash of the system prompt and of everything else in the request that shapes an answer."""
    question: str
    """The normalised question, with placeholders."""

    def digest(self) -> str:
        """Return a hash of all parts, hexadecimal."""
        return _hashed([getattr(self, name) for name in self.__slots__])

    def form_digest(self, form: str) -> str:
        """Return a hash for questions of one form (see `Questions`), hexadecimal.

        Intent and wording are not part of it: paraphrases may be classified differently, and
        each question's own intent must allow the cache before it is looked up.
        """
        loose = ("intent", "question")
        kept = [getattr(self, name) for name in self.__slots__ if name not in loose]
        return _hashed(["form", *kept, form])


def _hashed(parts: Sequence[str]) -> str:
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
    intent: str = ""
    knowledge: str = ""
    """The knowledge's revision when the answer was checked."""
    proofs: tuple[str, ...] = ()
    """The passages that the answer rests on, as `cache/proofs.py` writes them."""
    checks: tuple[str, ...] = ()
    """The check that judged the claims, where one did; see `cache/recall.py`."""
    seal: str = ""
    """Shows that this installation wrote the entry."""
    approved: bool = True
    """False in review mode until a person approved it; then it is given to nobody."""


class CacheStore(Protocol):
    """A place for entries. Blocking; a failure raises `StoreError` and counts as a miss."""

    def get(self, digest: str) -> CacheEntry | None:
        """Return the entry under a key's digest unless it has expired."""
        ...

    def alike(self, form: str) -> Sequence[CacheEntry]:
        """Return entries that were stored under a form's digest: a few, newest first."""
        ...

    def put(self, digest: str, entry: CacheEntry, ttl_s: float, forms: Sequence[str] = ()) -> None:
        """Store an entry for `ttl_s` seconds, to be found by `forms` too."""
        ...

    def approve(self, entry_id: str) -> bool:
        """Let an entry be given to customers; it keeps its expiry. False if there is none."""
        ...

    def delete(self, entry_id: str) -> bool:
        """Evict one entry by its id; False if there is none."""
        ...

    def clear(self, tenant: str | None = None) -> int:
        """Evict every entry, or every one of a tenant; return how many there were."""
        ...

    def find(self, entry_id: str) -> CacheEntry | None:
        """Return one entry by its id."""
        ...

    def entries(self, tenant: str | None = None, limit: int = 100) -> list[CacheEntry]:
        """List entries, newest first."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


MOST_ALIKE = 8
"""Entries that are kept per form: questions of one form that still differ are few."""
