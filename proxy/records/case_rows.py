"""From a packet to the first state of its case, and from columns to values. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from policies.errors import StoreError
from policies.policy import Priority
from policies.text import Redacted
from proxy.handoff.case import Case, Kept, Said, State
from proxy.records.base import JsonObject
from proxy.records.rows import HandoffRow, column, from_json, text, to_json
from proxy.records.views import UNKNOWN


def first_case(row: HandoffRow, packet: JsonObject) -> Case:
    """Return the case of a new handoff."""
    head = row.summary
    opened = unix(head["created_at"])
    return Case(
        id=head["id"] or "",
        tenant=row.tenant,
        conversation_id=head["conversation_id"] or UNKNOWN,
        reason=head["reason"] or "",
        owner=head["owner"] or "",
        queue=head["queue"] or head["owner"] or "",
        backup=column(packet["routing"].get("backup_owner")),
        intent=head["intent"],
        priority=_priority(head["priority"]),
        opened_at=0.0 if opened is None else opened,
        due_at=unix(head["due_at"]),
    )


def first_said(row: HandoffRow, packet: JsonObject) -> Said | None:
    """Return the message that led to the handoff; a repeated request is known by its key."""
    spoken = packet["conversation"].get("messages") or ()
    last = next((m for m in reversed(spoken) if m.get("role") == "customer"), None)
    return None if last is None else Said("customer", Redacted(text(last["text"])), row.key)


def active_name(case: Case) -> str | None:
    """Name the conversation of an active case; None if others may be active beside it."""
    if not case.active or case.conversation_id == UNKNOWN:
        return None
    return json.dumps([case.tenant, case.conversation_id])


def columns_of(case: Case) -> dict[str, Any]:
    """Return the columns of a case."""
    return {
        "id": case.id,
        "tenant": case.tenant,
        "conversation_id": case.conversation_id,
        "active": active_name(case),
        "state": case.state.value,
        "version": case.version,
        "agent": column(case.agent),
        "owner": text(case.owner),
        "queue": text(case.queue),
        "backup": case.backup,
        "reason": case.reason,
        "intent": case.intent,
        "priority": case.priority.value,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "claimed_at": case.claimed_at,
        "replied_at": case.replied_at,
        "closed_at": case.closed_at,
        "reopened": case.reopened,
        "outcome": None if case.outcome is None else to_json(case.outcome),
    }


def case_of(row: Mapping[str, Any]) -> Case:
    """Return the case of a row. Raises `StoreError` for a damaged one."""
    given = {name: row[name] for name in row if name not in ("seq", "active", "outcome")}
    outcome = row["outcome"]
    try:
        given |= {"state": State(row["state"]), "priority": Priority(row["priority"])}
    except ValueError:
        msg = "records: a stored handoff is damaged"
        raise StoreError(msg) from None
    return Case(**given, outcome=None if outcome is None else from_json(outcome))


def kept_of(row: Mapping[str, Any]) -> Kept:
    """Return the message of a row."""
    return Kept(
        seq=row["seq"],
        handoff_id=row["handoff_id"],
        role=row["role"],
        text=Redacted(row["text"]),
        at=row["at"],
        author=row["author"],
        kind=row["kind"],
        delivered_at=row["delivered_at"],
    )


def unix(stamp: str | None) -> float | None:
    """Read RFC 3339 as Unix time in seconds; None for what is no time."""
    try:
        return datetime.fromisoformat(stamp or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _priority(name: str | None) -> Priority:
    return Priority(name) if name in set(Priority) else Priority.NORMAL
