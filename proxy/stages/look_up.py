"""Is there an answer already, and which pages speak about the question?"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from cache.base import CacheEntry, CacheStore
from cache.key import key_for, lookup_allowed
from policies.errors import StoreError
from policies.text import Redacted
from policies.turn import CacheUse, Turn
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
    name: str = "look_up"

    async def __call__(self, turn: Turn) -> Turn:
        """Set sources and cache status; a broken cache is a miss."""
        if turn.profile == "utility":
            return turn
        turn = turn.but(knowledge_revision=self.knowledge.revision)
        turn = await self._from_cache(turn)
        sources = await self.offload.run(
            self.knowledge.search, turn.question, scope=turn.scope, limit=self.passages
        )
        return turn.but(sources=tuple(sources))

    async def _from_cache(self, turn: Turn) -> Turn:
        if self.cache is None or lookup_allowed(turn) is not None:
            return turn
        digest = key_for(turn).digest()
        try:
            entry = await self.offload.run(self.cache.get, digest)
        except StoreError as error:
            log.warning("the answer cache could not be read: %s", error)
            entry = None
        if entry is None:
            return turn.but(cache=CacheUse("miss", key=digest))
        return turn.but(cache=self._hit(digest, entry), cached=Redacted(entry.answer))

    def _hit(self, digest: str, entry: CacheEntry) -> CacheUse:
        age = max(0.0, self.now() - entry.stored_at)
        return CacheUse("hit", key=digest, entry_id=entry.id, age_s=age)
