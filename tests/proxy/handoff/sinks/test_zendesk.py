import base64
import json
from typing import Any

import pytest
from aiohttp import web

from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.http import Http
from proxy.handoff.sinks.zendesk import ZendeskSink

# The shape of the Tickets API's answers, shortened.
TICKET: dict[str, Any] = {
    "url": "https://shop.zendesk.com/api/v2/tickets/35436.json",
    "id": 35436,
    "external_id": "01HX",
    "created_at": "2026-01-01T00:00:01Z",
    "subject": "[parcels] delivery: not in kb",
    "priority": "high",
    "status": "new",
    "requester_id": 20978392,
    "tags": ["handrail", "not_in_kb"],
}
CREATED = (201, {"ticket": TICKET, "audit": {"id": 1}}, {"x-idempotency-lookup": "miss"})


def sink(url: str, **more: Any) -> ZendeskSink:
    return ZendeskSink("desk", url, "bot@shop.example", "TOKEN", Http("desk", private=True), **more)


async def test_a_handoff_becomes_a_ticket_with_an_internal_note(desks: Any, delivery: Any) -> None:
    desk = await desks(CREATED)
    assert await sink(desk.url + "/").deliver(delivery()) == "35436"
    [seen] = desk.seen
    assert (seen.method, seen.path) == ("POST", "/api/v2/tickets.json")
    login = base64.b64decode(seen.headers["authorization"].removeprefix("Basic "))
    assert login == b"bot@shop.example/token:TOKEN"
    assert seen.headers["idempotency-key"] == "key-1"
    ticket = json.loads(seen.body)["ticket"]
    assert ticket["comment"]["public"] is False
    assert "[PERSON_k7q2]" in ticket["comment"]["body"]
    assert ticket["external_id"] == "01HX"
    assert ticket["priority"] == "high"
    assert ticket["tags"] == ["handrail", "not_in_kb"]
    assert "group_id" not in ticket


async def test_a_group_can_be_named_and_an_unknown_priority_is_left_out(
    desks: Any, delivery: Any
) -> None:
    desk = await desks(CREATED)
    data = {**delivery().data, "routing": {"owner": "shop", "priority": "now"}}
    await sink(desk.url, group_id=360).deliver(delivery(data=data))
    ticket = json.loads(desk.seen[0].body)["ticket"]
    assert ticket["group_id"] == 360
    assert "priority" not in ticket


async def test_a_later_try_finds_the_ticket_that_an_earlier_one_made(
    desks: Any, delivery: Any
) -> None:
    desk = await desks((200, {"tickets": [TICKET], "count": 1}))
    assert await sink(desk.url).deliver(delivery(attempt=2)) == "35436"
    [seen] = desk.seen
    assert (seen.method, seen.path) == ("GET", "/api/v2/tickets.json?external_id=01HX")


async def test_a_later_try_makes_the_ticket_if_there_is_none(desks: Any, delivery: Any) -> None:
    others = {"tickets": [{**TICKET, "id": 1, "external_id": "other"}, None]}
    desk = await desks((200, others), CREATED)
    assert await sink(desk.url).deliver(delivery(attempt=2)) == "35436"
    assert [seen.method for seen in desk.seen] == ["GET", "POST"]


async def test_however_often_it_is_tried_there_is_one_ticket(desks: Any, delivery: Any) -> None:
    """A desk that makes the ticket, and loses its first answers."""
    tickets: list[dict[str, Any]] = []

    async def zendesk(request: web.Request) -> web.Response:
        if request.method == "GET":
            wanted = request.query["external_id"]
            return web.json_response(
                {"tickets": [t for t in tickets if t["external_id"] == wanted]}
            )
        body = json.loads(await request.read())["ticket"]
        tickets.append({"id": len(tickets) + 1, "external_id": body["external_id"]})
        return web.Response(status=502)

    desk = await desks(zendesk)
    with pytest.raises(DeliveryError):
        await sink(desk.url).deliver(delivery(attempt=1))
    assert await sink(desk.url).deliver(delivery(attempt=2)) == "1"
    assert await sink(desk.url).deliver(delivery(attempt=3)) == "1"
    assert len(tickets) == 1


@pytest.mark.parametrize("answer", [{}, {"ticket": None}, {"ticket": {"id": "x"}}])
async def test_an_answer_without_a_ticket_is_no_confirmation(
    desks: Any, delivery: Any, answer: Any
) -> None:
    desk = await desks((200, answer))
    with pytest.raises(DeliveryError, match="names no ticket") as caught:
        await sink(desk.url).deliver(delivery())
    assert not caught.value.final


async def test_other_events_are_not_for_tickets(delivery: Any) -> None:
    assert await sink("http://127.0.0.1:1").deliver(delivery(type="handoff.replied")) is None
