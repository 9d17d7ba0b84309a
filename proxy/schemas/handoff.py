"""What a person gets with a conversation."""

from policies.findings import ClaimVerdict, Reason
from policies.policy import Priority
from proxy.schemas.parts import (
    PROBABILITY,
    TEXT,
    TIME,
    TRACE_ID,
    Schema,
    claim,
    document,
    many,
    one_of,
    table,
    values,
)

_URI: Schema = {"type": "string", "format": "uri"}


def handoff_schema() -> Schema:
    """Return the schema of a warm-handoff packet: the `data` of its CloudEvent."""
    properties: dict[str, Schema] = {
        "schema_version": {"const": "1.0"},
        "handoff_id": {**TEXT, "description": "sortable; the same for customer, trace and desk"},
        "idempotency_key": {
            "type": "string",
            "maxLength": 255,
            "description": "the same however often one turn is handed over",
        },
        "created_at": TIME,
        "tenant": TEXT,
        "bot": TEXT,
        "environment": TEXT,
        "conversation": _conversation(),
        "customer": table(ref=TEXT, plan=TEXT, verified={"type": "boolean"}),
        "privacy": _privacy(),
        "trigger": _trigger(),
        "draft": _draft(),
        "claims": many(claim()),
        "confidence": PROBABILITY,
        "intent": table(
            label=TEXT, score={"type": "number"}, alternatives=many({"type": "object"})
        ),
        "sentiment": table(
            label=one_of("negative", "neutral", "positive"),
            score={"type": "number", "minimum": -1, "maximum": 1},
        ),
        "flags": {**many(TEXT), "uniqueItems": True},
        "routing": _routing(),
        "kb": table(revision=TEXT, gap={"type": "boolean"}, gap_topic=TEXT),
        "goal": table(text=TEXT, intent={"type": ["string", "null"]}, description=TEXT),
        "tried": many(table(["kind", "text"], kind=one_of("answer", "tool", "page"), text=TEXT)),
        "suggested_reply": {
            "type": ["string", "null"],
            "description": "in the sentences of the pages, for the agent to edit",
        },
        "next_steps": {**many(TEXT), "description": "what the policy says is to be done"},
        "links": {"type": "object", "additionalProperties": _URI},
        "trace": table(
            ["trace_id"],
            trace_id=TRACE_ID,
            span_id={"type": "string", "pattern": "^[0-9a-f]{16}$"},
            traceparent=TEXT,
            request_id=TEXT,
        ),
        "outcome": {
            "type": ["object", "null"],
            "description": "what the desk reports back: who resolved it, what was corrected",
        },
    }
    body = table(_REQUIRED, **properties)
    return document(
        "handoff-packet:1",
        "A conversation on its way to a person",
        "Complete enough that the customer repeats nothing; text holds placeholders.",
        body,
    )


_REQUIRED = (
    *("schema_version", "handoff_id", "idempotency_key", "created_at", "tenant", "conversation"),
    *("privacy", "trigger", "draft", "claims", "routing", "trace"),
)


def _conversation() -> Schema:
    message = table(
        ["role", "text"],
        role=one_of("customer", "bot", "agent", "system", "tool"),
        text=TEXT,
        at=TIME,
    )
    return table(
        ["id", "messages"],
        id=TEXT,
        external_ids={"type": "object", "additionalProperties": TEXT},
        channel=TEXT,
        locale=TEXT,
        turn_count={"type": "integer"},
        summary={"type": "string", "maxLength": 2000},
        messages=many(message),
        truncated={"type": "boolean"},
    )


def _privacy() -> Schema:
    return table(
        ["mode"],
        mode=one_of("redacted", "unredacted"),
        placeholders=many(table(["token", "entity_type"], token=TEXT, entity_type=TEXT)),
        reveal_url={**_URI, "description": "shows values to agents: audited, expiring"},
        reveal_expires_at=TIME,
        classification=TEXT,
    )


def _trigger() -> Schema:
    return table(
        ["reason_code"],
        reason_code=one_of(*values(Reason)),
        detail=TEXT,
        validator=TEXT,
        policy=table(id=TEXT, version=TEXT, config_hash=TEXT),
    )


def _draft() -> Schema:
    written = table(
        ["text", "sent_to_customer"],
        text={**TEXT, "description": "what the model wrote"},
        model=TEXT,
        sent_to_customer={
            **one_of("none", "partial"),
            "description": "how much had left before the verdict",
        },
        suggested_reply=TEXT,
        sentences=many(_sentence()),
        customer_saw={**TEXT, "description": "the escalation text, word for word"},
        released_text={**TEXT, "description": "the sentences that had left"},
    )
    return {"anyOf": [{"type": "null", "description": "no model was called"}, written]}


def _sentence() -> Schema:
    return table(
        ["text"],
        text=TEXT,
        choice={"type": "integer"},
        sent={"type": "boolean", "description": "it had left before the verdict"},
        verdict=one_of(*values(ClaimVerdict), None),
        claims={**many(TEXT), "description": "ids of the claims in it"},
        reason=TEXT,
    )


def _routing() -> Schema:
    return table(
        ["owner"],
        owner=TEXT,
        backup_owner={**TEXT, "description": "who stands in for the owner"},
        queue_id=TEXT,
        skills=many(TEXT),
        priority=one_of(*values(Priority)),
        sla=table(first_response_due_at=TIME, policy=TEXT),
    )
