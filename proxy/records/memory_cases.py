"""Cases, messages and the audit log for as long as their process lasts."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from policies.policy import Priority
from proxy.audit import Entry, cleaned
from proxy.handoff.case import Act, Case, Kept, Order, Said
from proxy.records.base import JsonObject
from proxy.records.case_rows import active_name, first_case, first_said
from proxy.records.rows import MAX_PAGE, HandoffRow, text
from proxy.records.views import rfc3339


class MemoryAudit:
    """Satisfies `AuditLog` with a list; safe to use from several threads."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` gives Unix time in seconds."""
        self._now = now
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []

    def record(
        self, actor: str, action: str, target: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add an entry."""
        self.add(Entry(actor, action, target, detail or {}), self._now())

    def add(self, entry: Entry, at: float) -> None:
        """Add an entry of a given Unix time, in seconds."""
        clean = cleaned(entry)
        with self._lock:
            made = {"seq": len(self._entries) + 1, "at": rfc3339(at), "actor": clean.actor}
            rest = {"action": clean.action, "target": clean.target, "detail": dict(clean.detail)}
            self._entries.append({**made, **rest})

    def entries(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """List entries, newest first."""
        wanted = {"actor": actor, "action": action, "target": target}
        with self._lock:
            newest = list(reversed(self._entries))
        found = [
            dict(entry)
            for entry in newest
            if all(value in (None, entry[name]) for name, value in wanted.items())
            and (after is None or entry["seq"] < after)
        ]
        return found[: min(max(limit, 0), MAX_PAGE)]


@dataclass(slots=True)
class _Line:
    kept: Kept
    key: str
    taken_until: float | None = None


@dataclass(slots=True)
class MemoryCases:
    """Satisfies `CaseStore` with dictionaries; safe to use from several threads."""

    audit: MemoryAudit
    events: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    """What sinks would be told: type, handoff, data."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _cases: dict[str, Case] = field(default_factory=dict)
    _lines: list[_Line] = field(default_factory=list)
    _next: int = 1

    def beside(self, row: HandoffRow, packet: JsonObject) -> str | None:
        """Return the id of the active case that a new handoff would stand beside."""
        name = active_name(first_case(row, packet))
        with self._lock:
            found = (c.id for c in self._cases.values() if name and active_name(c) == name)
            return next(found, None)

    def add(self, row: HandoffRow, packet: JsonObject) -> None:
        """Make the case of a new handoff."""
        made, said = first_case(row, packet), first_said(row, packet)
        with self._lock:
            self._cases[made.id] = made
            if said is not None:
                self._say(made.id, said, made.opened_at)

    def forget(self, handoff_ids: Collection[str]) -> None:
        """Erase cases and messages."""
        with self._lock:
            for handoff_id in handoff_ids:
                self._cases.pop(handoff_id, None)
            self._lines = [e for e in self._lines if e.kept.handoff_id not in handoff_ids]

    def case(self, handoff_id: str) -> Case | None:
        """Return one case."""
        with self._lock:
            return self._cases.get(text(handoff_id))

    def current(self, tenant: str, conversation_id: str) -> Case | None:
        """Return the active case of a conversation, else the newest."""
        found = self._of(tenant, conversation_id)
        return next((c for c in found if c.active), found[-1] if found else None)

    def cases(  # noqa: PLR0913 - filters, each with a default
        self,
        *,
        state: str | None = None,
        queue: str | None = None,
        owner: str | None = None,
        agent: str | None = None,
        order: Order = "newest",
        limit: int = 50,
        after: str | None = None,
    ) -> Sequence[Case]:
        """List cases; an unknown `after` gives an empty page."""
        with self._lock:
            found = list(reversed(self._cases.values()))
        ids = [case.id for case in found]
        if after is not None:
            found = found[ids.index(after) + 1 :] if after in ids else []
        if order == "urgent":
            found.reverse()  # of equals the oldest comes first
            found.sort(key=_urgency)
        wanted = [
            case
            for case in found
            if state in (None, case.state)
            and queue in (None, case.queue)
            and owner in (None, case.owner)
            and agent in (None, case.agent)
        ]
        return wanted[: min(max(limit, 0), MAX_PAGE)]

    def change(self, before: Case, after: Case, act: Act, sinks: Sequence[str] = ()) -> bool:  # noqa: ARG002 - nothing is delivered from memory
        """Keep all or nothing; False if somebody was quicker."""
        name = active_name(after)
        with self._lock:
            stored = self._cases.get(before.id)
            others = [c for c in self._cases.values() if c.id != after.id and name]
            taken = any(active_name(c) == name for c in others)
            known = any(self.knows(after.id, said.key) for said in act.said)
            if stored is None or stored.version != before.version or taken or known:
                return False
            self._cases[after.id] = after
            for said in act.said:
                self._say(after.id, said, act.at)
            if act.entry is not None:
                self.audit.add(act.entry, act.at)
            if act.event is not None:
                self.events.append((act.event, after.id, act.payload))
        return True

    def knows(self, handoff_id: str, key: str) -> bool:
        """Tell whether a message is kept already."""
        with self._lock:
            return any((e.kept.handoff_id, e.key) == (handoff_id, key) for e in self._lines)

    def messages(self, handoff_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Kept]:
        """List the messages of a handoff, oldest first."""
        with self._lock:
            found = [e.kept for e in self._lines if e.kept.handoff_id == handoff_id]
        return [kept for kept in found if kept.seq > after][: max(limit, 0)]

    def last_said(self, handoff_id: str) -> Kept | None:
        """Return the customer's last message in a handoff."""
        with self._lock:
            newest = [e.kept for e in reversed(self._lines) if e.kept.handoff_id == handoff_id]
        return next((kept for kept in newest if kept.role == "customer"), None)

    def take(
        self, tenant: str, conversation_id: str, *, now: float, lease_s: float
    ) -> Sequence[Kept]:
        """Take what was replied and not delivered."""
        mine = {case.id for case in self._of(tenant, conversation_id)}
        taken = []
        with self._lock:
            for line in self._lines:
                kept, until = line.kept, line.taken_until
                held = until is not None and now < until <= now + lease_s
                free = kept.role == "agent" and kept.delivered_at is None and not held
                if kept.handoff_id in mine and free:
                    line.taken_until = now + lease_s
                    taken.append(kept)
        return taken

    def delivered(self, seqs: Sequence[int], *, now: float) -> None:
        """Note that the customer has got these replies."""
        for line in self._undelivered(seqs):
            line.kept = replace(line.kept, delivered_at=now)

    def give_back(self, seqs: Sequence[int]) -> None:
        """Undo `take`."""
        for line in self._undelivered(seqs):
            line.taken_until = None

    def _undelivered(self, seqs: Sequence[int]) -> list[_Line]:
        with self._lock:
            open_ = [line for line in self._lines if line.kept.delivered_at is None]
            return [line for line in open_ if line.kept.seq in seqs]

    def _of(self, tenant: str, conversation_id: str) -> list[Case]:
        whose = (text(tenant), text(conversation_id))
        with self._lock:
            return [c for c in self._cases.values() if (c.tenant, c.conversation_id) == whose]

    def _say(self, handoff_id: str, said: Said, at: float) -> None:
        seq, self._next = self._next, self._next + 1
        kept = Kept(seq, handoff_id, said.role, said.text, at, said.author, said.kind)
        self._lines.append(_Line(kept, said.key))


def _urgency(case: Case) -> tuple[int, bool, float]:
    return -list(Priority).index(case.priority), case.due_at is None, case.due_at or 0.0
