"""The statement that counts a customer's conversations about one matter."""

from sqlalchemy import Connection, func, select

from proxy.records.rows import text
from proxy.records.tables import decisions
from proxy.records.views import UNKNOWN


def contacts(  # noqa: PLR0913 - one parameter per condition
    connection: Connection,
    tenant: str,
    customer_ref: str,
    intent: str,
    *,
    since: str,
    besides: str,
) -> int:
    """Count the conversations with a decision on `intent` since a time (RFC 3339, UTC)."""
    place = decisions.c.conversation
    query = select(func.count(place.distinct())).where(
        decisions.c.tenant == text(tenant),
        decisions.c.customer_ref == text(customer_ref),
        decisions.c.intent == text(intent),
        decisions.c.created_at >= since,
        place.not_in([text(besides), UNKNOWN, ""]),
    )
    return int(connection.execute(query).scalar_one())
