"""What a store keeps beside the JSON of a record, so that lists can be filtered. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.errors import StoreError
from proxy.records.base import JsonObject

OPEN = "open"
"""Status of a handoff that nobody has claimed yet."""
MAX_PAGE = 1000
"""Rows that one list gives at most."""
SUMMARY = (
    "id",
    "status",
    "created_at",
    "queue",
    "owner",
    "priority",
    "reason",
    "intent",
    "conversation_id",
    "due_at",
)
"""The fields of a handoff in a list."""


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A packet and the columns taken from it."""

    key: str
    """The idempotency key."""
    summary: dict[str, str | None]
    tenant: str
    customer_ref: str | None
    packet: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision record and the columns taken from it."""

    id: str
    created_at: str
    tenant: str
    action: str
    intent: str | None
    conversation: str
    customer_ref: str | None
    record: str
    """JSON."""


def handoff_row(packet: JsonObject) -> HandoffRow:
    """Split a packet into columns. Raises `StoreError` if a required field is missing."""
    try:
        summary = {
            "id": column(packet["handoff_id"]),
            "status": OPEN,
            "created_at": column(packet["created_at"]),
            "queue": column(_at(packet, "routing", "queue_id")),
            "owner": column(packet["routing"]["owner"]),
            "priority": column(_at(packet, "routing", "priority")),
            "reason": column(packet["trigger"]["reason_code"]),
            "intent": column(_at(packet, "intent", "label")),
            "conversation_id": column(packet["conversation"]["id"]),
            "due_at": column(_at(packet, "routing", "sla", "first_response_due_at")),
        }
        key, tenant = text(packet["idempotency_key"]), text(packet["tenant"])
    except (KeyError, TypeError):
        msg = "records: a handoff packet lacks a required field, so it was not stored"
        raise StoreError(msg) from None
    ref = column(_at(packet, "customer", "ref"))
    return HandoffRow(key, summary, tenant, ref, to_json(packet))


def decision_row(record: JsonObject) -> DecisionRow:
    """Split a record into columns. Raises `StoreError` if a required field is missing."""
    try:
        return DecisionRow(
            id=text(record["id"]),
            created_at=text(record.get("created_at", "")),
            tenant=text(record.get("tenant", "")),
            action=text(record["action"]),
            intent=column(_at(record, "intent", "name")),
            conversation=text(record.get("conversation", "")),
            customer_ref=column(record.get("customer_ref")),
            record=to_json(record),
        )
    except (KeyError, TypeError):
        msg = "records: a decision record lacks a required field, so it was not stored"
        raise StoreError(msg) from None


def column(value: object) -> str | None:
    """Return a value for a text column that may be empty."""
    return None if value is None else text(value)


def text(value: object) -> str:
    """Return text that every database takes: no NUL, no lone surrogate."""
    return str(value).encode("utf-8", "replace").decode().replace("\x00", "")


def to_json(value: JsonObject) -> str:
    """Serialise, in ASCII. Raises `StoreError` for what JSON can't hold."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        msg = "records: a record holds a value that is not JSON, so it was not stored"
        raise StoreError(msg) from None


def from_json(value: str) -> dict[str, Any]:
    """Parse what `to_json` wrote. Raises `StoreError` for a damaged row."""
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        msg = "records: a stored row is damaged"
        raise StoreError(msg)
    return parsed


def _at(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
