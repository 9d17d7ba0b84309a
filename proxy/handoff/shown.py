"""A handoff as agents see it in the queue. Pure."""

from typing import Any

from policies.policy import Policy, Routing
from proxy.handoff.case import Case, Kept, State
from proxy.records.views import rfc3339


def queue_row(case: Case, now: float) -> dict[str, Any]:
    """Return a line of the queue; `now` is Unix time in seconds."""
    return {
        "id": case.id,
        "status": case.state.value,
        "created_at": rfc3339(case.opened_at),
        "queue": case.queue,
        "owner": case.owner,
        "backup_owner": case.backup,
        "agent": case.agent,
        "priority": case.priority.value,
        "reason": case.reason,
        "intent": case.intent,
        "conversation_id": case.conversation_id,
        "due_at": _stamp(case.due_at),
        "claimed_at": _stamp(case.claimed_at),
        "replied_at": _stamp(case.replied_at),
        "closed_at": _stamp(case.closed_at),
        "reopened": case.reopened,
        "sla": sla(case, now),
        "outcome": None if case.outcome is None else dict(case.outcome),
    }


def sla(case: Case, now: float) -> dict[str, Any]:
    """Return the clock of the first answer: `running`, `overdue`, `met`, `missed` or `none`.

    `remaining_s` is negative once it is overdue. A clock that stands before the handoff was
    opened has jumped; the full time is left then.
    """
    if case.due_at is None:
        return {"state": "none", "remaining_s": None}
    if case.replied_at is not None:
        met = case.replied_at <= case.due_at
        return {"state": "met" if met else "missed", "remaining_s": None}
    if not case.active and case.closed_at is not None:
        met = case.state is State.RESOLVED and case.closed_at <= case.due_at
        return {"state": "met" if met else "missed", "remaining_s": None}
    left = round(case.due_at - max(now, case.opened_at))
    return {"state": "running" if left >= 0 else "overdue", "remaining_s": left}


def message_row(kept: Kept) -> dict[str, Any]:
    """Return a message, with placeholders."""
    return {
        "seq": kept.seq,
        "role": kept.role,
        "text": kept.text,
        "at": rfc3339(kept.at),
        "author": kept.author,
        "draft": kept.kind,
        "delivered_at": _stamp(kept.delivered_at),
    }


def places(policy: Policy) -> tuple[frozenset[str], frozenset[str]]:
    """Return the owners and the queues that a policy names."""
    routings: list[Routing] = [policy.fallback.routing]
    routings += [rule.routing for rule in policy.intents.values()]
    routings += [rule.routing for rule in policy.risks.values()]
    routings += [row.routing for row in policy.conditions if row.routing is not None]
    owners = {place.owner for place in routings}
    owners |= {place.backup for place in routings if place.backup is not None}
    return frozenset(owners), frozenset(place.queue for place in routings)


def _stamp(unix: float | None) -> str | None:
    return None if unix is None else rfc3339(unix)
