"""The vault as requests see it: asynchronous, bounded in time, and never in their way.

A vault that is down costs what it would have given: values of turns that the bot no longer
sends. This request is redacted and restored from its own values all the same.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from policies.errors import StoreError
from policies.turn import Vault
from proxy.telemetry import names
from proxy.telemetry.base import Telemetry
from proxy.vault.base import VaultStore
from proxy.vault.pseudonyms import Pseudonyms
from validators.offload import Offload

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("handrail.vault")

MOST_VALUES = 10_000
"""Values of one conversation: each is opened at each turn."""


@dataclass(frozen=True, slots=True)
class VaultKeeper:
    """Recalls and remembers off the event loop; failures are counted, not raised."""

    store: VaultStore
    pseudonyms: Pseudonyms
    """Conversations are kept under theirs, so that a record leads to the values."""
    offload: Offload
    telemetry: Telemetry
    timeout_s: float = 2.0
    """For each call; Redis or another process may be slow."""
    most_values: int = MOST_VALUES
    _alarm: set[str] = field(default_factory=set, init=False, repr=False)

    async def recall(self, tenant: str, conversation_id: str) -> Vault:
        """Return the values of earlier turns; empty if they can't be had."""
        place = self.pseudonyms.conversation(tenant, conversation_id)
        found = await self._try("recall", self.store.recall, tenant, place)
        return Vault() if found is None else found

    async def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Vault,
        *,
        customer_ref: str | None,
        before: int,
    ) -> Vault:
        """Keep values and return what their placeholders stand for from now on.

        `before` is how many values the conversation had already. If nothing can be kept,
        the values come back as they are.
        """
        if before + len(values) > self.most_values:
            self._failed("remember", f"a conversation has more than {self.most_values} values")
            return values

        def keep() -> Vault:
            place = self.pseudonyms.conversation(tenant, conversation_id)
            ref = customer_ref and self.pseudonyms.customer(tenant, customer_ref)
            return self.store.remember(tenant, place, values, customer_ref=ref, own=values.own)

        kept = await self._try("remember", keep)
        return values if kept is None else kept

    async def purge(self) -> None:
        """Erase what has expired."""
        await self._try("purge", self.store.purge)

    async def purge_hourly(self, stop: asyncio.Event, *, every_s: float = 3600.0) -> None:
        """Purge every `every_s` seconds until `stop`."""
        while not stop.is_set():
            await self.purge()
            try:
                await asyncio.wait_for(stop.wait(), every_s)
            except TimeoutError:
                continue

    async def _try(
        self, what: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        call = self.offload.run(function, *args, **kwargs)
        try:
            result = await (call if what == "purge" else asyncio.wait_for(call, self.timeout_s))
        except StoreError as error:
            self._failed(what, str(error))
        except TimeoutError:
            self._failed(what, f"no answer within {self.timeout_s:g} s")
        except Exception as error:  # noqa: BLE001 - whatever broke, the request goes on
            self._failed(what, type(error).__name__)
        else:
            self._works(what)
            return result
        return None

    def _failed(self, what: str, why: str) -> None:
        """Count each failure; tell the first of a row, for a busy day would fill the log."""
        self.telemetry.count(names.VAULT_FAILURES, 1, {"operation": what})
        if what not in self._alarm:
            self._alarm.add(what)
            log.error("ALARM: the vault could not %s values, answers go on without: %s", what, why)

    def _works(self, what: str) -> None:
        if what in self._alarm:
            self._alarm.discard(what)
            log.warning("the vault can %s values again", what)
