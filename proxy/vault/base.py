"""The protocol of a vault store."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from policies.turn import Vault

Clock = Callable[[], float]
"""Unix time in seconds."""

DEFAULT_TTL_S = 30 * 86_400.0
"""Longer than a handoff stays open: whoever takes it must still be able to reveal values."""


class VaultStore(Protocol):
    """Keeps placeholder -> value per tenant and conversation, for a limited time.

    Blocking, and safe to use from several threads. Raises `StoreError` that names the
    store and the kind of failure, never a value. A request without a conversation id has
    no business here: its vault lasts as long as the request.
    """

    def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Mapping[str, str],
        *,
        customer_ref: str | None = None,
        own: Collection[str] = (),
    ) -> Vault:
        """Add values to a conversation; its time starts anew, for the older ones too.

        A placeholder that is known keeps its first value: what was shown stays true. So
        the returned vault says what the given placeholders stand for from now on; where
        that is another value, somebody was quicker. `own` names those placeholders whose
        values the customer brought; what is own once stays so. The conversation belongs to
        the last `customer_ref` that is not None.
        """
        ...

    def recall(self, tenant: str, conversation_id: str) -> Vault:
        """Return every value of the conversation that has not expired; empty if none."""
        ...

    def forget_conversation(self, tenant: str, conversation_id: str) -> int:
        """Erase a conversation; return how many values it held."""
        ...

    def forget_customer(self, tenant: str, customer_ref: str) -> int:
        """Erase all conversations of a customer; return how many values they held."""
        ...

    def purge(self) -> int:
        """Erase what has expired; return how many values."""
        ...

    def close(self) -> None:
        """Release files and keys; nothing else may be called afterwards."""
        ...
