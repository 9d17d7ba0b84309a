"""Is there an answer already, and which pages speak about the question?"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cache.base import CacheEntry, CacheKey, CacheStore
from cache.key import key_for, lookup_allowed
from cache.match import Match, Questions, find_match
from cache.proofs import hold, page_of
from cache.recall import recalled
from policies.errors import StoreError
from policies.text import Redacted
from policies.turn import CacheUse, Turn
from proxy.flights import Flights
from validators.base import KnowledgeBase
from validators.offload import Offload

log = logging.getLogger("handrail.cache")


@dataclass(slots=True)
class LookUp:
    """Look into the cache and the knowledge base."""

    knowledge: KnowledgeBase
    cache: CacheStore | None
    offload: Offload
    passages: int = 8
    now: Callable[[], float] = time.time
    questions: Questions | None = None
    """Finds paraphrases; None: only equal questions hit."""
    flights: Flights = field(default_factory=Flights)
    key: bytes = b""
    """Makes seals; without one every hit is judged again."""
    name: str = "look_up"

    async def __call__(self, turn: Turn) -> Turn:
        """Set sources and cache status; a broken cache is a miss."""
        if turn.profile == "utility":
            return turn
        turn = turn.but(knowledge_revision=self.knowledge.revision)
        turn = await self._from_cache(turn)
        if turn.cache.judged:
            return turn  # nothing will be compared with pages again
        sources = await self.offload.run(
            self.knowledge.search, turn.question, scope=turn.scope, limit=self.passages
        )
        return turn.but(sources=tuple(sources))

    async def _from_cache(self, turn: Turn) -> Turn:
        if self.cache is None or lookup_allowed(turn) is not None:
            return turn
        look = _Look(self.cache, self.knowledge, self.questions, key_for(turn), turn)
        digest = look.key.digest()
        if not await self._found(look):
            await self.flights.join(digest, lambda: self._found(look))
        if look.match is None:
            return turn.but(cache=CacheUse("miss", key=digest))
        entry = look.match.entry
        age = max(0.0, self.now() - entry.stored_at)
        use = CacheUse("hit", digest, entry.id, age, look.match.kind)
        turn = turn.but(cached=Redacted(entry.answer))
        if entry.knowledge == turn.knowledge_revision and (known := recalled(entry, self.key)):
            use = replace(use, judged=entry.checks)
            turn = turn.adding(*known)
        return turn.but(cache=use)

    async def _found(self, look: "_Look") -> bool:
        try:
            await self.offload.run(look)
        except StoreError as error:
            log.warning("the answer cache could not be read: %s", error)
        return look.match is not None


@dataclass(slots=True)
class _Look:
    """One look into the cache. Blocking."""

    cache: CacheStore
    knowledge: KnowledgeBase
    questions: Questions | None
    key: CacheKey
    turn: Turn
    match: Match | None = None

    def __call__(self) -> None:
        question = self.turn.question
        self.match = find_match(self.cache, self.key, question, self.questions, self._usable)

    def _usable(self, entry: CacheEntry) -> bool:
        """An answer is good while its evidence stands; one whose evidence changed is evicted."""
        if not entry.approved or entry.tenant != self.turn.caller.tenant:
            return False
        if entry.knowledge == self.turn.knowledge_revision:
            return True
        pages = self.knowledge.pages([page_of(proof) for proof in entry.proofs])
        if hold(entry.proofs, pages, self.turn.scope):
            return True
        self.cache.delete(entry.id)
        return False
