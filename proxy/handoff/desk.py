"""What agents do with handoffs, and what a customer who comes back finds.

Each change is one conditional UPDATE together with its audit entry, its messages and its event:
of two agents at once one wins, and nothing is half done.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.errors import StoreError
from policies.findings import Reason
from policies.held import Held
from policies.text import Redacted
from proxy.audit import Entry
from proxy.handoff import case as cases
from proxy.handoff import moves
from proxy.handoff.case import Act, Case, CaseError, CaseStore, Kept, Order, Said, State
from proxy.handoff.closing import Outcome, outcome_of
from proxy.records.views import UNKNOWN, rfc3339

LEASE_S = 60.0
"""A reply that was taken for a customer who never got it may be taken again after this."""
MOST = 1000
"""Messages of one handoff that are looked through."""
_TRIES = 20
"""How often a change is tried again because somebody else was quicker."""


class Desk:
    """The agents' queue over a store. Blocking, and safe to use from several threads.

    Raises `CaseError` for what is not possible, with what to do, and `StoreError`.
    """

    def __init__(
        self,
        store: CaseStore,
        *,
        sinks: Callable[[str], Sequence[str]] = lambda _: (),
        cooldown_s: float = 300.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Tell a tenant's `sinks` what happens; `now` gives Unix time in seconds.

        Within `cooldown_s` seconds after a handoff was closed a repeat opens it again.
        """
        self._store = store
        self._sinks = sinks
        self._cooldown_s = cooldown_s
        self._now = now

    # What a request finds.

    def standing(self, tenant: str, conversation_id: str) -> Held | None:
        """Return the handoff of a conversation, and take the replies the customer has not got."""
        case = self._store.current(tenant, conversation_id)
        if case is None or conversation_id == UNKNOWN:
            return None
        now = self._now()
        last = self._store.last_said(case.id)
        replies = self._store.take(tenant, conversation_id, now=now, lease_s=LEASE_S)
        return Held(
            handoff_id=case.id,
            queue=case.queue,
            reason=_reason(case),
            owned=case.state is State.CLAIMED,
            waiting=case.state is State.OPEN,
            cooling=not case.active and self._cooling(case),
            last_said=None if last is None else last.text,
            replies=tuple((kept.seq, kept.text) for kept in replies),
        )

    def told(self, seqs: Sequence[int], *, reached: bool) -> None:
        """Note whether the replies that were taken have reached the customer."""
        if reached:
            self._store.delivered(seqs, now=self._now())
        else:
            self._store.give_back(seqs)

    def join(self, handoff_id: str, said: Sequence[Said], urgency: moves.Urgency) -> Case:
        """Add a customer who is handed over again; a closed handoff opens anew."""
        for _ in range(_TRIES):
            case = self._active_beside(self._case(handoff_id))
            news = self._news(case, said)
            if case.active and not news:
                return case
            after = moves.join(case, urgency)
            reopened = None if case.active else Entry("handrail", "handoff.reopen", case.id)
            if self._stored(case, after, reopened, news, cases.UPDATED):
                return after
        raise self._busy(handoff_id)

    def heard(self, handoff_id: str, said: Sequence[Said]) -> None:
        """Add what was said while the handoff waits, or after it; its urgency stays."""
        for _ in range(_TRIES):
            case = self._case(handoff_id)
            news = self._news(case, said)
            if not news:
                return
            after = replace(case, version=case.version + 1)
            if self._stored(case, after, None, news, cases.UPDATED if case.active else None):
                return
        raise self._busy(handoff_id)

    # What agents do.

    def claim(self, handoff_id: str, who: str) -> Case:
        """Give a handoff to one agent; of several at once one gets it."""
        return self._act(handoff_id, who, "claim", lambda c, now: moves.claim(c, who, now))

    def reply(self, handoff_id: str, who: str, text: Redacted, kind: str) -> Case:
        """Answer the customer. `kind` says how the draft was used."""
        said = Said("agent", text, f"reply:{secrets.token_hex(8)}", who, kind)
        return self._act(
            handoff_id,
            who,
            "reply",
            lambda c, now: moves.reply(c, who, now),
            detail=lambda _: {"draft": kind, "characters": len(text)},
            said=(said,),
            event=cases.REPLIED,
        )

    def resolve(self, handoff_id: str, who: str, outcome: Outcome) -> Case:
        """Close a handoff with what came of it."""

        def move(case: Case, now: float) -> Case:
            made = outcome_of(case, self._store.messages(case.id), outcome, who, now)
            return moves.resolve(case, who, now, made)

        def detail(case: Case) -> Mapping[str, Any]:
            made = case.outcome or {}
            return {name: made.get(name) for name in ("resolved", "draft", "minutes")}

        return self._act(handoff_id, who, "resolve", move, detail=detail, event=cases.RESOLVED)

    def release(self, handoff_id: str, who: str) -> Case:
        """Give the conversation back to the bot."""
        return self._act(
            handoff_id,
            who,
            "release",
            lambda c, now: moves.release(c, who, now),
            event=cases.RELEASED,
        )

    def reassign(self, handoff_id: str, who: str, place: moves.Place, why: Redacted) -> Case:
        """Give a handoff to another agent, or to another owner's queue."""
        given = {"agent": place.agent, "owner": place.owner, "queue": place.queue, "why": why}
        return self._act(
            handoff_id,
            who,
            "reassign",
            lambda c, now: moves.reassign(c, who, now, place),
            detail=lambda _: {name: value for name, value in given.items() if value},
            event=cases.UPDATED,
        )

    # What agents see.

    def case(self, handoff_id: str) -> Case:
        """Return one case; raises `CaseError` for an unknown id."""
        return self._case(handoff_id)

    def cases(self, *, order: Order = "newest", limit: int = 50, **given: str | None) -> Any:  # noqa: ANN401 - as the store's
        """List cases; see `CaseStore.cases`."""
        return self._store.cases(order=order, limit=limit, **given)

    def messages(self, handoff_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Kept]:
        """List what was said since the handoff was opened, oldest first."""
        return self._store.messages(self._case(handoff_id).id, after=after, limit=limit)

    def for_customer(
        self, handoff_id: str, who: str, *, after: int = 0, limit: int = 200
    ) -> Sequence[Kept]:
        """List the replies behind `after`, to be shown to the customer; note who was given them.

        Those up to `after` count as shown.
        """
        case = self._case(handoff_id)
        said = [k for k in self._store.messages(case.id, limit=MOST) if k.role == "agent"]
        shown = [k.seq for k in said if k.seq <= after and k.delivered_at is None]
        if shown:
            self._store.delivered(shown, now=self._now())
        news = [kept for kept in said if kept.seq > after][:limit]
        if news:
            entry = Entry(who, "handoff.poll", case.id, {"replies": len(news)})
            now = replace(case, version=case.version + 1)
            self._stored(case, now, entry, (), None)
        return news

    def _act(  # noqa: PLR0913 - what one change consists of
        self,
        handoff_id: str,
        who: str,
        action: str,
        move: Callable[[Case, float], Case],
        *,
        detail: Callable[[Case], Mapping[str, Any]] = lambda _: {},
        said: tuple[Said, ...] = (),
        event: str | None = None,
    ) -> Case:
        for _ in range(_TRIES):
            case = self._case(handoff_id)
            after = move(case, self._now())
            if after is case:
                return case
            entry = Entry(who, f"handoff.{action}", case.id, detail(after))
            if self._stored(case, after, entry, said, event):
                return after
        raise self._busy(handoff_id)

    def _stored(
        self,
        case: Case,
        after: Case,
        entry: Entry | None,
        said: Sequence[Said],
        event: str | None,
    ) -> bool:
        now = self._now()
        act = Act(now, entry, tuple(said), event, event_data(after, said, now) if event else {})
        return self._store.change(case, after, act, self._sinks(case.tenant))

    def _case(self, handoff_id: str) -> Case:
        found = self._store.case(handoff_id)
        if found is None:
            msg = "There is no such handoff: GET /handrail/v1/handoffs lists those that there are."
            raise CaseError(msg, code="not_found")
        return found

    def _active_beside(self, case: Case) -> Case:
        """Return the active case of the same conversation where this one is closed."""
        if case.active or case.conversation_id == UNKNOWN:
            return case
        return self._store.current(case.tenant, case.conversation_id) or case

    def _news(self, case: Case, said: Sequence[Said]) -> list[Said]:
        return [item for item in said if not self._store.knows(case.id, item.key)]

    def _cooling(self, case: Case) -> bool:
        """Tell whether a case was closed a moment ago; a time still to come is no such moment."""
        since = self._now() - (case.closed_at or 0.0)
        return 0 <= since < self._cooldown_s

    def _busy(self, handoff_id: str) -> CaseError | StoreError:
        current = self._case(handoff_id)
        beside = self._active_beside(current)
        if beside.id != current.id:
            msg = f"The conversation has another open handoff, {beside.id}: take that one."
            return CaseError(msg)
        return StoreError(f"handoff {current.id} is being changed by others: try again")


def _reason(case: Case) -> Reason:
    """Return why it was handed over; a reason of another version is at least a person's matter."""
    known = case.reason in set(Reason)
    return Reason(case.reason) if known else Reason.HUMAN_ONLY_INTENT


def event_data(case: Case, said: Sequence[Said], now: float) -> dict[str, Any]:
    """Return the data of an event about a case; text with placeholders only."""
    messages = [
        {"role": item.role, "text": item.text, "at": rfc3339(now), "author": item.author}
        for item in said
    ]
    return {
        "schema_version": "1.0",
        "handoff_id": case.id,
        "tenant": case.tenant,
        "conversation": {"id": case.conversation_id, "messages": messages},
        "status": case.state.value,
        "agent": case.agent,
        "routing": {
            "owner": case.owner,
            "queue_id": case.queue,
            "priority": case.priority.value,
            "sla": {"first_response_due_at": case.due_at and rfc3339(case.due_at)},
        },
        "outcome": case.outcome,
        "at": rfc3339(now),
    }
