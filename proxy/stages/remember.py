"""Keep a good answer for the next customer who asks the same."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cache.base import CacheEntry, CacheStore
from cache.key import key_for, storable
from policies.errors import StoreError
from policies.turn import Turn
from proxy.records.views import claim_objects
from validators.offload import Offload

log = logging.getLogger("handrail.cache")


@dataclass(slots=True)
class Remember:
    """Store the answer if it may be given to anyone; a store that fails changes nothing."""

    cache: CacheStore | None
    offload: Offload
    ttl_s: float = 86400
    now: Callable[[], float] = time.time
    name: str = "remember"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the cache status to `store` if it was stored."""
        if self.cache is None or turn.cache.status == "hit" or storable(turn) is not None:
            return turn
        key = key_for(turn)
        entry = CacheEntry(
            id=turn.id,
            tenant=turn.caller.tenant,
            question=turn.question,
            answer=turn.answers[0].text,
            confidence=turn.confidence or 0.0,
            stored_at=self.now(),
            claims=tuple(claim_objects(turn)),
            result_id=turn.id,
        )
        try:
            await self.offload.run(self.cache.put, key.digest(), entry, self.ttl_s)
        except StoreError as error:
            log.warning("an answer could not be cached: %s", error)
            return turn
        return turn.but(cache=replace(turn.cache, status="store", key=key.digest()))
