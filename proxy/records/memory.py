"""A record store that lasts as long as its process: for tests, `ask` and `check`."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from proxy.records.base import ErasedRows, JsonObject, Opening
from proxy.records.memory_cases import MemoryAudit, MemoryCases
from proxy.records.memory_outbox import MemoryOutbox
from proxy.records.rows import (
    MAX_PAGE,
    DecisionRow,
    HandoffRow,
    decision_row,
    from_json,
    handoff_row,
    text,
)
from proxy.records.views import UNKNOWN, rfc3339


class MemoryRecordStore:
    """Satisfies `RecordStore` with two dictionaries; safe to use from several threads."""

    def __init__(self) -> None:
        """Start empty."""
        self.outbox = MemoryOutbox()
        self.audit = MemoryAudit()
        self.cases = MemoryCases(self.audit)
        self._lock = threading.Lock()
        self._handoffs: dict[str, HandoffRow] = {}
        self._by_key: dict[str, str] = {}
        self._decisions: dict[str, DecisionRow] = {}

    def open_handoff(
        self, packet: JsonObject, *, sinks: Sequence[str] = (), record: JsonObject | None = None
    ) -> Opening:
        """Keep the packet; a known idempotency key joins the first handoff."""
        row = handoff_row(packet)
        decided = None if record is None else decision_row(record)
        handoff_id = row.summary["id"] or ""
        with self._lock:
            if (first := self._by_key.get(row.key)) is not None:
                return Opening(first, created=False)
            if (beside := self.cases.beside(row, packet)) is not None:
                return Opening(beside, created=False)
            self.cases.add(row, packet)
            self._handoffs[handoff_id] = row
            self._by_key[row.key] = handoff_id
            self.outbox.add(row, sinks)
            if decided is not None:
                self._keep(decided)
        return Opening(handoff_id, created=True)

    def handoffs(
        self, *, status: str | None = None, limit: int = 50, after: str | None = None
    ) -> Sequence[JsonObject]:
        """List handoffs, newest first."""
        with self._lock:
            rows = dict(self._handoffs)
        shown = {handoff_id: self._summary(row) for handoff_id, row in rows.items()}
        return _page(shown, limit, after, lambda summary: status in (None, summary["status"]))

    def handoff(self, handoff_id: str) -> JsonObject | None:
        """Return one handoff with its packet."""
        with self._lock:
            row = self._handoffs.get(text(handoff_id))
        if row is None:
            return None
        summary = self._summary(row)
        kept = {name: summary[name] for name in ("id", "status", "created_at")}
        return {**kept, "packet": from_json(row.packet)}

    def _summary(self, row: HandoffRow) -> dict[str, str | None]:
        case = self.cases.case(row.summary["id"] or "")
        if case is None:
            return dict(row.summary)
        due = None if case.due_at is None else rfc3339(case.due_at)
        place = {"queue": case.queue, "owner": case.owner, "due_at": due}
        state = {"status": case.state.value, "priority": case.priority.value}
        return {**row.summary, **place, **state}

    def save_decision(self, record: JsonObject) -> None:
        """Keep one decision record; the same id again replaces it as the newest."""
        self.save_decisions([record])

    def save_decisions(self, records: Sequence[JsonObject]) -> None:
        """Keep several decision records, all or none."""
        rows = [decision_row(record) for record in records]
        with self._lock:
            for row in rows:
                self._keep(row)

    def _keep(self, row: DecisionRow) -> None:
        self._decisions.pop(row.id, None)
        self._decisions[row.id] = row

    def decisions(
        self,
        *,
        action: str | None = None,
        intent: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Sequence[JsonObject]:
        """List decision records, newest first."""
        with self._lock:
            rows = dict(self._decisions)

        def wanted(row: DecisionRow) -> bool:
            return action in (None, row.action) and intent in (None, row.intent)

        return [from_json(row.record) for row in _page(rows, limit, after, wanted)]

    def decision(self, result_id: str) -> JsonObject | None:
        """Return one decision record."""
        with self._lock:
            row = self._decisions.get(text(result_id))
        return None if row is None else from_json(row.record)

    def contacts(
        self, tenant: str, customer_ref: str, intent: str, *, since: str, besides: str
    ) -> int:
        """Count a customer's conversations in which `intent` was decided upon."""
        whose = (text(tenant), text(customer_ref), text(intent))
        with self._lock:
            found = {
                row.conversation
                for row in self._decisions.values()
                if (row.tenant, row.customer_ref, row.intent) == whose and row.created_at >= since
            }
        return len(found - {text(besides), UNKNOWN, ""})

    def conversations_of(self, tenant: str, customers: Sequence[str]) -> Sequence[str]:
        """Return the ids of the conversations in which one of the references was named."""
        refs = {text(ref) for ref in customers}
        with self._lock:
            places = [
                *((r.tenant, r.customer_ref, r.conversation) for r in self._decisions.values()),
                *(
                    (r.tenant, r.customer_ref, r.summary["conversation_id"])
                    for r in self._handoffs.values()
                ),
            ]
        found = {place for owner, ref, place in places if owner == text(tenant) and ref in refs}
        return sorted(place for place in found if place and place != UNKNOWN)

    def erase(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> ErasedRows:
        """Erase decisions and handoffs, their packets and deliveries, by either name."""
        ids, refs = set(map(text, conversations)), set(map(text, customers))

        def named(owner: str, place: str | None, ref: str | None) -> bool:
            return owner == text(tenant) and (place in ids or ref in refs)

        with self._lock:
            gone = {
                key
                for key, row in self._handoffs.items()
                if named(row.tenant, row.summary["conversation_id"], row.customer_ref)
            }
            over = [
                key
                for key, row in self._decisions.items()
                if named(row.tenant, row.conversation, row.customer_ref)
            ]
            for key in gone:
                del self._by_key[self._handoffs.pop(key).key]
            for key in over:
                del self._decisions[key]
            self.outbox.forget(gone)
            self.cases.forget(gone)
        return ErasedRows(len(over), len(gone))

    def ping(self) -> None:
        """Do nothing: memory can always be written."""

    def close(self) -> None:
        """Do nothing."""


def _page(
    rows: dict[str, Any], limit: int, after: str | None, wanted: Callable[[Any], bool]
) -> list[Any]:
    """Newest first, from behind `after`; nothing if that id is not known."""
    ids = list(reversed(rows))
    if after is not None:
        ids = ids[ids.index(after) + 1 :] if after in rows else []
    return [rows[i] for i in ids if wanted(rows[i])][: min(max(limit, 0), MAX_PAGE)]
