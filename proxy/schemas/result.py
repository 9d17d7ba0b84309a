"""The `handrail` object of a response."""

from policies.findings import ClaimVerdict
from proxy.schemas.parts import COUNT, Schema, document, table, values, verdict_head


def result_schema() -> Schema:
    """Return the schema of what a bot reads."""
    counts = dict.fromkeys(["total", *values(ClaimVerdict)], COUNT)
    body = table(
        ["version", "id", "action", "verdict"], **{**verdict_head(), "claims": table(**counts)}
    )
    return document(
        "result:1",
        "The verdict on an answer, as the bot sees it",
        "Holds no message, no personal value and no passage of the knowledge base.",
        body,
    )
