"""A signed webhook: Standard Webhooks around a CloudEvent. The default sink."""

import base64
import binascii
import hashlib
import hmac
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from proxy.handoff.outbox import CREATED, Delivery
from proxy.handoff.sinks.http import Http

PREFIX = "whsec_"
MIN_SECRET = 24
"""Bytes that a secret must have: the least that the specification allows."""
MAX_SECRET = 64
_SCHEMA = "urn:handrail:handoff-packet:1"


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """POSTs each event to one URL; 2xx confirms it.

    Receivers verify the signature and drop a `webhook-id` that they have seen.
    """

    name: str
    url: str
    keys: Sequence[bytes]
    """The signing keys, the newest first: more than one while a secret is being changed."""
    http: Http
    timeout_s: float = 15.0
    retry_s: float = 5.0
    max_attempts: int = 36
    now: Callable[[], float] = time.time

    async def deliver(self, delivery: Delivery) -> str | None:
        """Send the event; a try differs from the next in timestamp and signature only."""
        body = json.dumps(cloud_event(delivery), separators=(",", ":")).encode()
        timestamp = math.floor(self.now())
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "idempotency-key": delivery.key,
            "webhook-id": delivery.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(self.keys, delivery.event_id, timestamp, body),
        }
        await self.http.send("POST", self.url, headers=headers, body=body, whole=False)
        return None


def cloud_event(delivery: Delivery) -> dict[str, Any]:
    """Return the event as CloudEvents 1.0 in structured JSON (github.com/cloudevents/spec).

    `id` and `source` together name it for ever.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": delivery.event_id,
        "source": f"/handrail/{quote(str(delivery.data.get('tenant', 'default')), safe='')}",
        "type": delivery.type,
        "subject": delivery.handoff_id,
        "time": delivery.created_at,
        "datacontenttype": "application/json",
        "data": delivery.data,
    }
    if delivery.type == CREATED:
        event["dataschema"] = _SCHEMA
    trace = delivery.data.get("trace")
    if isinstance(trace, dict) and trace.get("traceparent"):
        event["traceparent"] = trace["traceparent"]
    return event


def signatures(keys: Sequence[bytes], event_id: str, timestamp: int, body: bytes) -> str:
    """Sign `id.timestamp.body` with each key: HMAC-SHA256 in base64, version `v1`.

    Source: github.com/standard-webhooks/standard-webhooks, specification.
    """
    signed = f"{event_id}.{timestamp}.".encode() + body
    digests = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def signing_key(secret: str) -> bytes:
    """Return the key in a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`.

    Raises `ValueError` that does not quote it.
    """
    encoded = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not MIN_SECRET <= len(key) <= MAX_SECRET:
        msg = (
            f"must be {PREFIX} and the base64 of {MIN_SECRET} to {MAX_SECRET} bytes; "
            f"make one with: echo {PREFIX}$(openssl rand -base64 32)"
        )
        raise ValueError(msg)
    return key
