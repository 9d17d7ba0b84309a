"""Cases and their messages in the record database, SQLite or PostgreSQL.

Whoever changes a case names the version that they saw: the UPDATE finds no row if somebody was
quicker. It comes first in its transaction, so SQLite waits for the write lock instead of failing
on a stale read.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import (
    case as when,
)

from policies.errors import StoreError
from policies.policy import Priority
from proxy.handoff.case import Act, Case, Kept, Order, Said
from proxy.records.audit import add_entry
from proxy.records.case_rows import case_of, columns_of, first_case, first_said, kept_of
from proxy.records.engine import DuplicateError, translated
from proxy.records.outbox import Event, add_entries
from proxy.records.rows import MAX_PAGE, HandoffRow, from_json, handoff_row, text, to_json
from proxy.records.tables import cases, handoffs, messages
from proxy.records.views import rfc3339

MAX_LEASE_S = 600.0
"""No reply is on its way for longer: a time beyond that was written by a clock that jumped."""


def add_case(connection: Connection, row: HandoffRow, packet: Any) -> None:  # noqa: ANN401 - JSON
    """Make the case of a new handoff, within the caller's transaction."""
    made = first_case(row, packet)
    connection.execute(insert(cases).values(columns_of(made)))
    if (said := first_said(row, packet)) is not None:
        connection.execute(insert(messages).values(_columns(made.id, said, made.opened_at)))


def backfill(connection: Connection) -> None:
    """Make cases for the handoffs of an earlier version, which had none."""
    missing = handoffs.c.id.not_in(select(cases.c.id))
    for packet in connection.execute(select(handoffs.c.packet).where(missing)).scalars().all():
        try:
            read = from_json(packet)
            row = handoff_row(read)
        except StoreError:
            continue  # damaged: the list of handoffs never showed it either
        made = {**columns_of(first_case(row, read)), "active": None}
        connection.execute(insert(cases).values(made))


def active_of(connection: Connection, row: HandoffRow, packet: Any) -> str | None:  # noqa: ANN401
    """Return the id of the active case that a new handoff would stand beside."""
    name = columns_of(first_case(row, packet))["active"]
    query = select(cases.c.id).where(cases.c.active == name)
    found: str | None = None if name is None else connection.execute(query).scalar()
    return found


class SqlCases:
    """Satisfies `CaseStore`; safe to use from several threads and processes."""

    def __init__(self, engine: Engine, name: str) -> None:
        """`name` is the database's, for messages."""
        self._engine = engine
        self._name = name

    def case(self, handoff_id: str) -> Case | None:
        """Return one case."""
        return self._first(select(cases).where(cases.c.id == text(handoff_id)))

    def current(self, tenant: str, conversation_id: str) -> Case | None:
        """Return the active case of a conversation, else the newest."""
        query = select(cases).where(*_of(tenant, conversation_id))
        return self._first(query.order_by(cases.c.active.is_(None), cases.c.seq.desc()).limit(1))

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
        query = select(cases).limit(min(max(limit, 0), MAX_PAGE)).order_by(*_order(order))
        wanted = {"state": state, "queue": queue, "owner": owner, "agent": agent}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(cases.c[name] == text(value))
        if after is not None:
            last = select(cases.c.seq).where(cases.c.id == text(after)).scalar_subquery()
            query = query.where(cases.c.seq < last)
        return [case_of(row) for row in self._rows(query)]

    def change(self, before: Case, after: Case, act: Act, sinks: Sequence[str] = ()) -> bool:
        """Store all or nothing; False if somebody was quicker."""
        try:
            with translated(self._name), self._engine.begin() as connection:
                if not _replaced(connection, before, after):
                    return False
                for said in act.said:
                    connection.execute(insert(messages).values(_columns(after.id, said, act.at)))
                if act.entry is not None:
                    add_entry(connection, act.entry, act.at)
                if act.event is not None:
                    add_entries(connection, _event(after, act), sinks)
        except DuplicateError:
            return False
        return True

    def knows(self, handoff_id: str, key: str) -> bool:
        """Tell whether a message is kept already."""
        query = select(messages.c.seq).where(
            messages.c.handoff_id == text(handoff_id), messages.c.key == text(key)
        )
        return bool(self._rows(query))

    def messages(self, handoff_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Kept]:
        """List the messages of a handoff, oldest first."""
        query = select(messages).where(
            messages.c.handoff_id == text(handoff_id), messages.c.seq > after
        )
        query = query.order_by(messages.c.seq).limit(min(max(limit, 0), MAX_PAGE))
        return [kept_of(row) for row in self._rows(query)]

    def last_said(self, handoff_id: str) -> Kept | None:
        """Return the customer's last message in a handoff."""
        query = select(messages).where(
            messages.c.handoff_id == text(handoff_id), messages.c.role == "customer"
        )
        rows = self._rows(query.order_by(messages.c.seq.desc()).limit(1))
        return kept_of(rows[0]) if rows else None

    def take(
        self, tenant: str, conversation_id: str, *, now: float, lease_s: float
    ) -> Sequence[Kept]:
        """Take what was replied and not delivered, one UPDATE each: one taker wins."""
        mine = select(cases.c.id).where(*_of(tenant, conversation_id))
        due = (messages.c.handoff_id.in_(mine)) & (messages.c.role == "agent") & _free(now)
        found = self._rows(select(messages).where(due).order_by(messages.c.seq))
        if not found:
            return ()
        until = now + min(lease_s, MAX_LEASE_S)
        taken = []
        with translated(self._name), self._engine.begin() as connection:
            for row in found:
                free = update(messages).where(messages.c.seq == row["seq"], _free(now))
                if connection.execute(free.values(taken_until=until)).rowcount:
                    taken.append(kept_of(row))
        return taken

    def delivered(self, seqs: Sequence[int], *, now: float) -> None:
        """Note that the customer has got these replies."""
        self._mark(seqs, delivered_at=now, taken_until=None)

    def give_back(self, seqs: Sequence[int]) -> None:
        """Undo `take`."""
        self._mark(seqs, taken_until=None)

    def _mark(self, seqs: Sequence[int], **values: float | None) -> None:
        open_ = messages.c.seq.in_(list(seqs)) & messages.c.delivered_at.is_(None)
        with translated(self._name), self._engine.begin() as connection:
            connection.execute(update(messages).where(open_).values(**values))

    def _first(self, query: Select[Any]) -> Case | None:
        rows = self._rows(query)
        return case_of(rows[0]) if rows else None

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with translated(self._name), self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return [{str(name): value for name, value in row.items()} for row in rows]


def _replaced(connection: Connection, before: Case, after: Case) -> bool:
    """Write the new version over the old one; the handoff's own row follows."""
    seen = (cases.c.id == before.id) & (cases.c.version == before.version)
    if not connection.execute(update(cases).where(seen).values(columns_of(after))).rowcount:
        return False
    shown = {
        "status": after.state.value,
        "queue": text(after.queue),
        "owner": text(after.owner),
        "priority": after.priority.value,
        "due_at": None if after.due_at is None else rfc3339(after.due_at),
    }
    connection.execute(update(handoffs).where(handoffs.c.id == after.id).values(shown))
    return True


def _event(case: Case, act: Act) -> Event:
    name = f"{case.id}.{case.version}.{secrets.token_hex(4)}"
    data = to_json(act.payload)
    return Event(name, case.id, act.event or "", rfc3339(act.at), data)


def _columns(handoff_id: str, said: Said, at: float) -> dict[str, Any]:
    return {
        "handoff_id": handoff_id,
        "key": text(said.key),
        "role": said.role,
        "text": text(said.text),
        "at": at,
        "author": said.author,
        "kind": said.kind,
    }


def _of(tenant: str, conversation_id: str) -> tuple[ColumnElement[bool], ...]:
    mine = cases.c.conversation_id == text(conversation_id)
    return cases.c.tenant == text(tenant), mine


def _free(now: float) -> ColumnElement[bool]:
    until = messages.c.taken_until
    nobody = or_(until.is_(None), until <= now, until > now + MAX_LEASE_S)
    return messages.c.delivered_at.is_(None) & nobody


def _order(order: Order) -> tuple[ColumnElement[Any], ...]:
    if order == "newest":
        return (cases.c.seq.desc(),)
    ranks = {name.value: -rank for rank, name in enumerate(Priority)}
    first = when(ranks, value=cases.c.priority, else_=0)
    return first, cases.c.due_at.is_(None), cases.c.due_at, cases.c.seq
