"""A vault that lasts as long as the process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from policies.turn import Vault
from proxy.vault.base import DEFAULT_TTL_S, Clock


@dataclass(slots=True)
class _Conversation:
    expires: float
    customer: str | None = None
    values: dict[str, str] = field(default_factory=dict, repr=False)
    own: set[str] = field(default_factory=set)


class MemoryVault:
    """Satisfies `VaultStore` without a file; the conversations untouched longest go first."""

    def __init__(
        self,
        *,
        ttl_s: float = DEFAULT_TTL_S,
        conversations: int = 10_000,
        now: Clock = time.time,
    ) -> None:
        """Keep at most so many `conversations`, each `ttl_s` seconds after its last turn."""
        self._ttl_s = ttl_s
        self._most = conversations
        self._now = now
        self._kept: OrderedDict[tuple[str, str], _Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Mapping[str, str],
        *,
        customer_ref: str | None = None,
        own: Collection[str] = (),
    ) -> Vault:
        """See `VaultStore`."""
        with self._lock:
            self._drop_expired()
            key = (tenant, conversation_id)
            kept = self._kept.setdefault(key, _Conversation(0))
            kept.expires = self._now() + self._ttl_s
            kept.customer = kept.customer if customer_ref is None else customer_ref
            kept.values = {**values, **kept.values}
            kept.own.update(name for name in own if name in kept.values)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return Vault({name: kept.values[name] for name in values}, kept.own & set(values))

    def recall(self, tenant: str, conversation_id: str) -> Vault:
        """See `VaultStore`."""
        with self._lock:
            kept = self._kept.get((tenant, conversation_id))
            if kept is None or kept.expires <= self._now():
                return Vault()
            return Vault(kept.values, kept.own)

    def forget_conversation(self, tenant: str, conversation_id: str) -> int:
        """See `VaultStore`."""
        with self._lock:
            kept = self._kept.pop((tenant, conversation_id), None)
            return len(kept.values) if kept else 0

    def forget_customer(self, tenant: str, customer_ref: str) -> int:
        """See `VaultStore`."""
        with self._lock:
            keys = [
                key
                for key, kept in self._kept.items()
                if key[0] == tenant and kept.customer == customer_ref
            ]
            return sum(len(self._kept.pop(key).values) for key in keys)

    def purge(self) -> int:
        """See `VaultStore`."""
        with self._lock:
            return self._drop_expired()

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _drop_expired(self) -> int:
        # Kept in the order of their last turn, so the expired ones come first.
        count = 0
        while self._kept and next(iter(self._kept.values())).expires <= self._now():
            count += len(self._kept.popitem(last=False)[1].values)
        return count
