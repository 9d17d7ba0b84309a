"""What waits to be delivered, as the worker sees it: values and a protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

CREATED = "handoff.created"
"""The event of a new handoff; its data is the packet."""
MAX_WAIT_S = 6 * 3600.0
"""No try is put off further. A time beyond that was written by a clock that has jumped."""
MAX_LEASE_S = 600.0
"""No claim lasts longer, by the same reasoning."""


class Status(StrEnum):
    """Where a delivery is."""

    PENDING = "pending"
    """Waiting, or being tried right now."""
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: a person has to look, and may replay it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one sink, claimed for one try."""

    seq: int
    """Names the row."""
    lease: str
    """Names the claim: who has lost it can't postpone or give up any more."""
    event_id: str
    """The same at every try and for every sink."""
    key: str
    """The idempotency key: a sink that honours it takes the event once."""
    type: str
    """Such as `handoff.created`."""
    handoff_id: str
    sink: str
    attempt: int
    """1 for the first try."""
    created_at: str
    """RFC 3339."""
    data: Mapping[str, Any]
    """The packet, or the data of another event. Text with placeholders only."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much one sink still has to get."""

    sink: str
    pending: int
    dead: int
    oldest_s: float
    """Age of the oldest pending delivery, in seconds; 0 if there is none."""


class Outbox(Protocol):
    """Deliveries, stored with the handoffs. Blocking; raises `StoreError`.

    Entries are made by the record store, in the transaction that stores the handoff. Times
    (`now`, `due_at`) are Unix times in seconds.
    """

    def claim(self, sink: str, *, now: float, lease_s: float, limit: int) -> Sequence[Delivery]:
        """Take what is due, oldest first; nobody else gets it for `lease_s` seconds."""
        ...

    def delivered(self, delivery: Delivery, *, now: float, reference: str | None = None) -> None:
        """Note that the sink has it, whoever holds the claim; `reference` is the desk's name."""
        ...

    def postpone(self, delivery: Delivery, *, due_at: float, error: str) -> bool:
        """Give the claim back and try again later; False if the claim was lost."""
        ...

    def bury(self, delivery: Delivery, *, now: float, error: str) -> bool:
        """Give up; False if the claim was lost."""
        ...

    def release(self, delivery: Delivery) -> None:
        """Give the claim back as if it had never been taken."""
        ...

    def waiting(self, now: float) -> Sequence[Waiting]:
        """Count what is pending or dead, by sink."""
        ...

    def entries(
        self, *, status: Status | None = None, sink: str | None = None, limit: int = 50
    ) -> Sequence[Mapping[str, Any]]:
        """List deliveries, oldest first, without their data.

        Each is `{event_id, handoff_id, sink, type, status, attempts, created_at, due_at,
        finished_at, error, reference}`.
        """
        ...

    def replay(self, *, handoff_id: str | None = None, sink: str | None = None) -> int:
        """Make dead deliveries pending again, all or those named; return how many."""
        ...
