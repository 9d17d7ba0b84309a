"""The switch as requests see it: looked at every second, never in their way."""

import logging
import time
from collections.abc import Callable, Sequence

from policies.errors import StoreError
from policies.rules import EVERYTHING
from proxy.records.views import rfc3339
from proxy.switch.base import Change, Move, SwitchStore, clean_name, tightened
from validators.offload import Offload

log = logging.getLogger("handrail.audit")

LOOK_S = 1.0
"""How old what a request goes by may be."""
BLIND_S = 5.0
"""After this long without a look, everything goes to people: a switch that an operator has
turned must be in force by then, and nobody knows whether one has."""


class Switchboard:
    """What operators have sent to people. One per configuration, over a store that all share."""

    def __init__(
        self,
        store: SwitchStore,
        offload: Offload,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Read `store` in the threads of `offload`; `clock` measures, `now` dates changes."""
        self._store = store
        self._offload = offload
        self._clock = clock
        self._now = now
        self._known: frozenset[str] = frozenset()
        self._looked: float | None = None

    async def current(self) -> frozenset[str]:
        """Return the intents that go to people, at most a second old; `*` is everything."""
        if self._looked is not None and self._clock() - self._looked < LOOK_S:
            return self._known
        try:
            changes = await self.changes()
        except StoreError as error:
            return self._blind(error)
        return self._seen(changes)

    async def changes(self) -> Sequence[Change]:
        """Return the audit, oldest first. Raises `StoreError`."""
        return await self._offload.run(self._store.changes)

    async def turn(self, move: Move, intent: str, who: str) -> frozenset[str]:
        """Tighten or relax an intent (`*`: everything); return what goes to people now.

        Raises `StoreError`; then nothing was switched.
        """
        change = Change(rfc3339(self._now()), clean_name(who), move, intent)
        await self._offload.run(self._store.append, change)
        log.warning("policy: %s", change)
        return self._seen(await self.changes())

    def _seen(self, changes: Sequence[Change]) -> frozenset[str]:
        self._known, self._looked = frozenset(tightened(changes)), self._clock()
        return self._known

    def _blind(self, error: StoreError) -> frozenset[str]:
        if self._looked is not None and self._clock() - self._looked < BLIND_S:
            return self._known
        log.error("ALARM: everything goes to people: %s", error)
        return frozenset({EVERYTHING})
