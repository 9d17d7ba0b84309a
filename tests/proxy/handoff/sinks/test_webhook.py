import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.http import Http
from proxy.handoff.sinks.webhook import (
    WebhookSink,
    cloud_event,
    signatures,
    signing_key,
)

KEY, OLD = bytes(range(32)), bytes(range(100, 124))
NOW = 1_767_225_600.9
HTTP = Http("desk", private=True)


def verified(headers: Mapping[str, str], body: bytes, key: bytes, *, now: float = NOW) -> bool:
    """Judge as the reference verifier of Standard Webhooks does."""
    if abs(now - float(headers["webhook-timestamp"])) > 300:
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}".encode()
    expected = hmac.new(key, signed, hashlib.sha256).digest()
    for versioned in headers["webhook-signature"].split(" "):
        version, code = versioned.split(",")
        if version == "v1" and hmac.compare_digest(expected, base64.b64decode(code)):
            return True
    return False


def sink(url: str, *keys: bytes, now: float = NOW) -> WebhookSink:
    return WebhookSink("desk", f"{url}/hook?a=b", keys or (KEY,), HTTP, now=lambda: now)


def test_the_signature_is_that_of_the_specification() -> None:
    # The example in the specification's own test vectors.
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signatures([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


async def test_a_receiver_can_verify_what_arrives(desks: Any, delivery: Any) -> None:
    desk = await desks((204, b""))
    assert await sink(desk.url).deliver(delivery()) is None
    [seen] = desk.seen
    assert (seen.method, seen.path) == ("POST", "/hook?a=b")
    assert verified(seen.headers, seen.body, KEY)
    assert not verified(seen.headers, seen.body + b" ", KEY)
    assert not verified(seen.headers, seen.body, OLD)
    assert not verified({**seen.headers, "webhook-id": "other"}, seen.body, KEY)
    assert seen.headers["webhook-id"] == "01HX"
    assert seen.headers["webhook-timestamp"] == "1767225600"
    assert seen.headers["idempotency-key"] == "key-1"


async def test_it_is_a_cloud_event_with_the_packet_as_data(desks: Any, delivery: Any) -> None:
    desk = await desks((200, b"ok"))
    await sink(desk.url).deliver(delivery())
    [seen] = desk.seen
    assert seen.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    event = json.loads(seen.body)
    assert {name: value for name, value in event.items() if name != "data"} == {
        "specversion": "1.0",
        "id": "01HX",
        "source": "/handrail/acme",
        "type": "handoff.created",
        "subject": "01HX",
        "time": "2026-01-01T00:00:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:handrail:handoff-packet:1",
        "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
    }
    assert event["data"] == delivery().data


async def test_every_try_sends_the_same_content_under_the_same_id(
    desks: Any, delivery: Any
) -> None:
    desk = await desks((503, b""), (204, b""))
    with pytest.raises(DeliveryError):
        await sink(desk.url).deliver(delivery())
    await sink(desk.url, now=NOW + 3600).deliver(delivery(attempt=2))
    first, second = desk.seen
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert verified(second.headers, second.body, KEY, now=NOW + 3600)


async def test_while_a_secret_changes_both_verify(desks: Any, delivery: Any) -> None:
    desk = await desks((204, b""))
    await sink(desk.url, KEY, OLD).deliver(delivery())
    [seen] = desk.seen
    assert verified(seen.headers, seen.body, KEY)
    assert verified(seen.headers, seen.body, OLD)


def test_other_events_have_no_packet_and_any_tenant_is_a_valid_source(delivery: Any) -> None:
    event = cloud_event(delivery(type="handoff.replied", data={"tenant": "ä b/c", "trace": 1}))
    assert event["source"] == "/handrail/%C3%A4%20b%2Fc"
    assert "dataschema" not in event
    assert "traceparent" not in event


@given(st.binary(min_size=24, max_size=64), st.booleans(), st.booleans())
def test_a_secret_is_read_with_and_without_prefix_and_padding(
    key: bytes, prefix: bool, padded: bool
) -> None:
    encoded = base64.b64encode(key).decode()
    encoded = encoded if padded else encoded.rstrip("=")
    assert signing_key(("whsec_" if prefix else "") + encoded) == key


@pytest.mark.parametrize("secret", ["", "whsec_", "hunter2", "whsec_%%%", "whsec_" + "A" * 400])
def test_what_is_no_secret_is_refused_without_quoting_it(secret: str) -> None:
    with pytest.raises(ValueError, match="openssl rand") as caught:
        signing_key(secret)
    assert not secret.removeprefix("whsec_") or secret not in str(caught.value)
