"""Pieces that the schemas share."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from policies.findings import ClaimVerdict, Outcome, Reason

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
TIME: Schema = {"type": "string", "format": "date-time"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
PROBABILITY: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
TRACE_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
COUNT: Schema = {"type": "integer", "minimum": 0}

ACTIONS = ("pass", "rewrite", "escalate", "block")
VERDICTS = ("grounded", "partly_grounded", "ungrounded", "not_checked", "error")


def values(members: Iterable[Enum]) -> list[Any]:
    """Return the values of an enumeration, in its order."""
    return [member.value for member in members]


def one_of(*allowed: str | None) -> Schema:
    """Allow a few values."""
    return {"enum": list(allowed)}


def table(required: Iterable[str] = (), /, **properties: Schema) -> Schema:
    """Describe an object; fields that are not named may follow in later versions."""
    made: Schema = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


def many(item: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": item}


def document(name: str, title: str, description: str, body: Schema) -> Schema:
    """Put the head on a schema; `name` ends its id."""
    head = {"$schema": DRAFT, "$id": f"urn:handrail:{name}", "title": title}
    return {**head, "description": description, **body, "additionalProperties": True}


def verdict_head() -> dict[str, Schema]:
    """Return the fields that a result and a decision share."""
    return {
        "version": {"const": "1"},
        "id": {**TEXT, "description": "the turn's public id, as in the header X-Handrail-Id"},
        "action": {**one_of(*ACTIONS), "description": "what became of the model's answer"},
        "verdict": {**one_of(*VERDICTS), "description": "all claims of the answer, summed up"},
        "confidence": {**PROBABILITY, "description": "that the whole answer is supported"},
        "reason": {
            **one_of(*values(Reason), None),
            "description": "why the answer did not pass as it was; null if it did",
        },
        "policy": table(["id"], id=TEXT, version=TEXT),
        "validators": many(_validator()),
        "pii": table(
            redacted={"type": "boolean"},
            entity_counts={"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        "cache": table(status=one_of("hit", "miss", "bypass", "store"), age_s={"type": "number"}),
        "route": table(tier=TEXT, requested_model=TEXT, served_model=TEXT),
        "handoff": {
            **table(id=TEXT, status=one_of("created", "delivered", "queued", "failed"), queue=TEXT),
            "type": ["object", "null"],
        },
        "trace_id": TRACE_ID,
        "intent": table(["name"], name=TEXT, score=PROBABILITY),
        "citations": many(
            table(["source_id"], source_id=TEXT, title=TEXT, uri=TEXT, revision=TEXT)
        ),
    }


def _validator() -> Schema:
    return table(
        ["name", "outcome"],
        name=TEXT,
        stage=one_of("input", "output"),
        outcome={
            **one_of(*values(Outcome)),
            "description": "a check that broke or did not run never counts as pass",
        },
        action=one_of("none", "redact", "rewrite", "escalate", "block"),
        score=NUMBER_OR_NULL,
        reason_code=TEXT,
        duration_ms={"type": "number"},
    )


def claim() -> Schema:
    """Describe a judged claim with its evidence."""
    evidence = table(
        ["source_id"],
        source_id=TEXT,
        title=TEXT,
        uri=TEXT,
        revision=TEXT,
        quote={"type": "string", "maxLength": 1000},
        score={"type": "number"},
    )
    return table(
        ["id", "text", "verdict"],
        id=TEXT,
        text=TEXT,
        span={
            "type": "array",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
            "description": "start and end in the answer, in characters",
        },
        verdict=one_of(*values(ClaimVerdict)),
        reason={**TEXT, "description": "one sentence that says why; empty if it is supported"},
        score=NUMBER_OR_NULL,
        evidence=many(evidence),
    )
