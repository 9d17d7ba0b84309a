"""Keep a good answer for the next customer who asks the same."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cache.base import CacheEntry, CacheStore
from cache.key import key_for, storable
from cache.match import Questions, form_digests
from cache.proofs import proofs, sources
from cache.recall import judges, sealed
from policies.decision import Deliver
from policies.errors import StoreError
from policies.turn import Turn
from proxy.flights import Flights
from proxy.records.views import claim_objects
from validators.base import KnowledgeBase
from validators.offload import Offload

log = logging.getLogger("handrail.cache")


@dataclass(slots=True)
class Remember:
    """Store the answer if it may be given to anyone; a store that fails changes nothing."""

    cache: CacheStore | None
    offload: Offload
    ttl_s: float = 86400
    """Where the intent names none."""
    now: Callable[[], float] = time.time
    knowledge: KnowledgeBase | None = None
    """Where the evidence stands; without it answers die with the knowledge's revision."""
    questions: Questions | None = None
    flights: Flights = field(default_factory=Flights)
    least: float = 0.8
    """Confidence that an answer needs to be kept."""
    review: bool = False
    """Whether a person approves each answer before it is given."""
    key: bytes = b""
    """Makes seals; without one every hit is judged again."""
    name: str = "remember"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the cache status to `store` if it was stored."""
        try:
            return await self._keep(turn)
        except StoreError as error:
            log.warning("an answer could not be cached: %s", error)
            return turn
        finally:
            if turn.cache.key is not None:
                self.flights.land(turn.cache.key)

    async def _keep(self, turn: Turn) -> Turn:
        if self.cache is None:
            return turn
        if turn.cache.status == "hit":
            return await self._kept(self.cache, turn)
        if storable(turn, self.least) is not None:
            return turn
        await self.offload.run(self._put, self.cache, turn)
        return turn.but(cache=replace(turn.cache, status="store", key=key_for(turn).digest()))

    async def _kept(self, cache: CacheStore, turn: Turn) -> Turn:
        """A stored answer that today's checks did not let pass is evicted."""
        if turn.cache.entry_id and not isinstance(turn.decision, Deliver) and not turn.disconnected:
            await self.offload.run(cache.delete, turn.cache.entry_id)
        return turn

    def _put(self, cache: CacheStore, turn: Turn) -> None:
        key, claims = key_for(turn), claim_objects(turn)
        pages = self.knowledge.pages(sources(claims)) if self.knowledge is not None else ()
        entry = CacheEntry(
            id=turn.id,
            tenant=turn.caller.tenant,
            question=turn.question,
            answer=turn.answers[0].text,
            confidence=turn.confidence or 0.0,
            stored_at=self.now(),
            claims=tuple(claims),
            result_id=turn.id,
            intent=turn.intent or "",
            knowledge=turn.knowledge_revision,
            proofs=proofs(claims, pages),
            checks=judges(turn.findings) if self.key else (),
            approved=not self.review,
        )
        if self.key:
            entry = sealed(entry, self.key)
        ttl_s = turn.policy.rule(turn.intent).cache_ttl_s or self.ttl_s
        cache.put(key.digest(), entry, ttl_s, form_digests(key, turn.question, self.questions))
