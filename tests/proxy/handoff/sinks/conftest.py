"""A small real HTTP server that answers as it is told, and a delivery."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from proxy.handoff.outbox import CREATED, Delivery

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Desk:
    """A server that plays its answers in order; the last serves all further requests."""

    url: str
    answers: list[Any] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen = Seen(request.method, request.path_qs, headers, await request.read())
        self.seen.append(seen)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        made = answer(request) if callable(answer) else answer
        if isinstance(made, Awaitable):
            made = await made
        if isinstance(made, web.StreamResponse):
            return made
        status, body, *headers_ = made
        given = headers_[0] if headers_ else {}
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=given)
        return web.json_response(body, status=status, headers=given)


@pytest.fixture
async def desks() -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """Return `start(*answers)`; an answer is (status, body, headers?) or a handler."""
    runners = []

    async def start(*answers: Any) -> Desk:
        desk = Desk("", list(answers))
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{tail:.*}", desk.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return desk

    yield start
    for runner in runners:
        await runner.cleanup()


PACKET: dict[str, Any] = {
    "schema_version": "1.0",
    "handoff_id": "01HX",
    "idempotency_key": "key-1",
    "created_at": "2026-01-01T00:00:00.000Z",
    "tenant": "acme",
    "result_id": "hr_1",
    "conversation": {
        "id": "conv-1",
        "summary": "Customer began: where is my parcel, [PERSON_k7q2]?",
        "messages": [{"role": "customer", "text": "Where is my parcel? Grüße, [PERSON_k7q2]"}],
    },
    "customer": {"ref": "cust-1"},
    "privacy": {"mode": "redacted"},
    "trigger": {"reason_code": "not_in_kb", "detail": "no page speaks of postage"},
    "draft": {"text": "Postage is free.", "sent_to_customer": "none", "released_text": ""},
    "claims": [
        {
            "id": "c1",
            "text": "Postage is free.",
            "verdict": "not_found",
            "evidence": [{"source_id": "p1", "title": "Postage", "quote": "Postage costs 5 EUR."}],
        }
    ],
    "intent": {"label": "delivery", "score": 0.9},
    "routing": {
        "owner": "shop",
        "queue_id": "parcels",
        "priority": "high",
        "sla": {"first_response_due_at": "2026-01-01T04:00:00.000Z"},
    },
    "trace": {"trace_id": "0" * 32, "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"},
}


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    """Return a maker of deliveries."""

    def make(**changes: Any) -> Delivery:
        fields: dict[str, Any] = {
            "seq": 1,
            "lease": "lease-1",
            "event_id": "01HX",
            "key": "key-1",
            "type": CREATED,
            "handoff_id": "01HX",
            "sink": "desk",
            "attempt": 1,
            "created_at": "2026-01-01T00:00:00.000Z",
            "data": PACKET,
        }
        return Delivery(**{**fields, **changes})

    return make
