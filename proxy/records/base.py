"""The protocol of a record store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from proxy.audit import AuditLog
from proxy.handoff.case import CaseStore
from proxy.handoff.outbox import Outbox

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """The outcome of opening a handoff."""

    id: str
    created: bool
    """False if the idempotency key was known, or the conversation waits for a person already:
    a repeat joins the first handoff."""


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """How many records were erased."""

    decisions: int
    handoffs: int


class RecordStore(Protocol):
    """Keeps decisions and handoffs, redacted. Blocking; raises `StoreError`."""

    @property
    def outbox(self) -> Outbox:
        """What waits to be delivered."""
        ...

    @property
    def cases(self) -> CaseStore:
        """Where each handoff is, and what was said in it since."""
        ...

    @property
    def audit(self) -> AuditLog:
        """Who did what."""
        ...

    def open_handoff(
        self, packet: JsonObject, *, sinks: Sequence[str] = (), record: JsonObject | None = None
    ) -> Opening:
        """Store a packet and one delivery per sink in one transaction, durable on return.

        `record`, the decision that promised a person, is stored with them. A known
        idempotency key joins the first handoff and stores nothing.
        """
        ...

    def handoffs(
        self, *, status: str | None = None, limit: int = 50, after: str | None = None
    ) -> Sequence[JsonObject]:
        """List handoffs, newest first; `after` is the last id of the page before.

        Each is `{id, status, created_at, queue, owner, priority, reason, intent,
        conversation_id, due_at}`.
        """
        ...

    def handoff(self, handoff_id: str) -> JsonObject | None:
        """Return `{id, status, created_at, packet}` or None."""
        ...

    def save_decision(self, record: JsonObject) -> None:
        """Store one decision record (schemas/decision.json plus fields of our own)."""
        ...

    def decisions(
        self,
        *,
        action: str | None = None,
        intent: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Sequence[JsonObject]:
        """List decision records, newest first."""
        ...

    def decision(self, result_id: str) -> JsonObject | None:
        """Return one decision record or None."""
        ...

    def contacts(
        self, tenant: str, customer_ref: str, intent: str, *, since: str, besides: str
    ) -> int:
        """Count a customer's conversations in which `intent` was decided upon.

        Since a time (RFC 3339 in UTC), and without the conversation `besides`.
        """
        ...

    def conversations_of(self, tenant: str, customers: Sequence[str]) -> Sequence[str]:
        """Return the ids of the conversations in which one of the references was named."""
        ...

    def erase(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> ErasedRows:
        """Erase decisions and handoffs, their packets and deliveries, by either name."""
        ...

    def ping(self) -> None:
        """Raise `StoreError` if the store can't be written."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
