"""What may be done with a handoff, and by whom. Pure: a case in, a changed case out.

Each raises `CaseError` that says why not and what to do instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from policies.policy import Priority
from proxy.handoff.case import ADMIN, Case, CaseError, State


@dataclass(frozen=True, slots=True)
class Place:
    """Where a handoff is sent: to one person, or to the queue of an owner."""

    agent: str | None = None
    owner: str | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent a customer who comes back is, and where they belong."""

    priority: Priority
    """With the step for who is angry."""
    due_at: float
    """Unix time in seconds."""
    by_policy: Priority
    """What the policy's rules say about intent and risks: anger alone moves nothing elsewhere."""
    owner: str
    queue: str
    backup: str | None = None


def claim(case: Case, who: str, now: float) -> Case:
    """Give a case to one person; the same person again changes nothing.

    Somebody without a name can't be told from another one, so only the first gets it.
    """
    if case.state is State.CLAIMED:
        if case.agent == who and who != ADMIN:
            return case
        msg = (
            f"Handoff {case.id} is claimed by {case.agent} already. Take another one, or have it "
            "reassigned (POST .../reassign)."
        )
        raise CaseError(msg, code="already_claimed")
    if case.state is State.RESOLVED:
        raise _closed(case, "claimed")
    return replace(
        _moved(case), state=State.CLAIMED, agent=who, claimed_at=now, closed_at=None, outcome=None
    )


def reply(case: Case, who: str, now: float) -> Case:
    """Note an answer; whoever answers what nobody has claimed claims it."""
    if case.state is not State.CLAIMED:
        if not case.active:
            raise _closed(case, "replied to")
        case = claim(case, who, now)
    _check_owner(case, who)
    return replace(_moved(case), replied_at=case.replied_at or now)


def resolve(case: Case, who: str, now: float, outcome: Mapping[str, Any]) -> Case:
    """Close a case with what came of it."""
    if not case.active:
        raise _closed(case, "resolved")
    _check_owner(case, who)
    return replace(
        _moved(case),
        state=State.RESOLVED,
        agent=case.agent or who,
        closed_at=now,
        outcome=dict(outcome),
    )


def release(case: Case, who: str, now: float) -> Case:
    """Give the conversation back to the bot."""
    if case.state is not State.CLAIMED:
        msg = (
            f"Handoff {case.id} is {case.state}, so nobody has it who could release it. The bot "
            "answers in this conversation already."
        )
        raise CaseError(msg)
    _check_owner(case, who)
    return replace(_moved(case), state=State.RELEASED, closed_at=now)


def reassign(case: Case, who: str, now: float, place: Place) -> Case:
    """Give a case to somebody else, or back to a queue; any agent may."""
    if not case.active:
        raise _closed(case, "reassigned")
    owner, queue = place.owner or case.owner, place.queue or place.owner or case.queue
    moved = replace(_moved(case), owner=owner, queue=queue)
    if place.agent is None:
        return replace(moved, state=State.OPEN, agent=None, claimed_at=None)
    if place.agent == case.agent:
        msg = f"Handoff {case.id} is {case.agent}'s already; {who} may leave it so."
        raise CaseError(msg)
    return replace(moved, state=State.CLAIMED, agent=place.agent, claimed_at=now)


def join(case: Case, urgency: Urgency) -> Case:
    """Add a customer who came back: never less urgent, never due later; closed ones open.

    What nobody has yet goes where the graver matter belongs; what somebody has stays theirs.
    """
    urgent = max(case.priority, urgency.priority, key=list(Priority).index)
    if not case.active:
        opened = replace(
            _moved(case), state=State.OPEN, agent=None, claimed_at=None, replied_at=None
        )
        fresh = replace(opened, closed_at=None, outcome=None, reopened=case.reopened + 1)
        return _placed(replace(fresh, priority=urgent, due_at=urgency.due_at), urgency)
    due = urgency.due_at if case.due_at is None else min(case.due_at, urgency.due_at)
    joined = replace(_moved(case), priority=urgent, due_at=due)
    if case.state is State.OPEN and _graver(case, urgency):
        return _placed(joined, urgency)
    return joined


def check_holder(case: Case, who: str) -> None:
    """Raise unless `who` has the case right now: what only they may see is theirs alone."""
    if case.state is not State.CLAIMED:
        msg = (
            f"Handoff {case.id} is {case.state}. Values are shown to the person who has it, while "
            "they have it: claim it first."
        )
        raise CaseError(msg, code="forbidden")
    if case.agent != who:
        msg = f"Handoff {case.id} is claimed by {case.agent}; values are shown to them only."
        raise CaseError(msg, code="forbidden")


def _graver(case: Case, urgency: Urgency) -> bool:
    """Tell whether the policy sees more in the new message than in what waits already."""
    order = list(Priority)
    rank, before = order.index(urgency.by_policy), order.index(case.priority)
    sooner = case.due_at is None or urgency.due_at < case.due_at
    return rank > before or (rank == before and sooner)


def _placed(case: Case, urgency: Urgency) -> Case:
    return replace(case, owner=urgency.owner, queue=urgency.queue, backup=urgency.backup)


def _moved(case: Case) -> Case:
    return replace(case, version=case.version + 1)


def _check_owner(case: Case, who: str) -> None:
    if case.agent not in (None, who) and who != ADMIN:
        msg = (
            f"Handoff {case.id} is claimed by {case.agent}. Have it reassigned to you first "
            "(POST .../reassign)."
        )
        raise CaseError(msg, code="already_claimed")


def _closed(case: Case, done: str) -> CaseError:
    msg = (
        f"Handoff {case.id} is {case.state}, so it can't be {done} any more. When the customer "
        "writes again it opens anew, or another one does."
    )
    return CaseError(msg, code="closed")
