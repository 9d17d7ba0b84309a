"""Statements that erase what is kept about somebody."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, delete, or_, select

from proxy.records.base import ErasedRows
from proxy.records.rows import text
from proxy.records.tables import decisions, handoffs, outbox
from proxy.records.views import UNKNOWN

_BATCH = 500
"""Names in one statement; databases limit the number of parameters."""


def conversations_of(connection: Connection, tenant: str, customers: Sequence[str]) -> list[str]:
    """Return the conversations in which one of the customers was named."""
    refs = [text(ref) for ref in customers]
    found: set[str] = set()
    for table, column in (
        (decisions, decisions.c.conversation),
        (handoffs, handoffs.c.conversation_id),
    ):
        query = select(column).distinct()
        query = query.where(table.c.tenant == text(tenant), table.c.customer_ref.in_(refs))
        found.update(connection.execute(query).scalars())
    return sorted(found - {UNKNOWN})


def erase(
    connection: Connection, tenant: str, conversations: Sequence[str], customers: Sequence[str]
) -> ErasedRows:
    """Delete the rows of a tenant that name one of these; return how many there were."""
    gone = [0, 0]
    for ids, refs in (*_batches(conversations, first=True), *_batches(customers, first=False)):
        chosen = _named(decisions.c.conversation, decisions.c.customer_ref, ids, refs)
        gone[0] += connection.execute(
            delete(decisions).where(decisions.c.tenant == text(tenant), chosen)
        ).rowcount
        chosen = _named(handoffs.c.conversation_id, handoffs.c.customer_ref, ids, refs)
        named = select(handoffs.c.id).where(handoffs.c.tenant == text(tenant), chosen)
        connection.execute(delete(outbox).where(outbox.c.handoff_id.in_(named)))
        gone[1] += connection.execute(
            delete(handoffs).where(handoffs.c.tenant == text(tenant), chosen)
        ).rowcount
    return ErasedRows(*gone)


def _batches(names: Sequence[str], *, first: bool) -> Iterator[tuple[list[str], list[str]]]:
    for start in range(0, len(names), _BATCH):
        batch = [text(name) for name in names[start : start + _BATCH]]
        yield (batch, []) if first else ([], batch)


def _named(
    conversation: ColumnElement[str], customer: ColumnElement[str], ids: list[str], refs: list[str]
) -> ColumnElement[bool]:
    return or_(conversation.in_(ids), customer.in_(refs))
