import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.chatwoot import ChatwootSink
from proxy.handoff.sinks.http import Http


@dataclass
class Chatwoot:
    """A Chatwoot with one account, in the shapes of its application API, shortened."""

    contacts: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    lose: set[str] = field(default_factory=set)
    """Calls whose answers get lost, once each."""

    async def serve(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v1/accounts/3/")
        call = f"{request.method} {path}"
        self.calls.append(call)
        self.tokens.add(request.headers.get("api_access_token"))
        body = json.loads(await request.read() or b"{}")
        answer = self._answer(call, path.split("/"), body, request.query)
        if call in self.lose:
            self.lose.remove(call)
            return web.Response(status=502)
        return web.json_response(answer)

    def _answer(  # noqa: PLR0911 - one per route
        self, call: str, path: list[str], body: dict[str, Any], query: Mapping[str, str]
    ) -> Any:
        match [call.split(maxsplit=1)[0], *path]:
            case ["GET", "contacts", "search"]:
                found = [c for c in self.contacts if query["q"] in c["identifier"]]
                return {"meta": {"count": len(found)}, "payload": found}
            case ["POST", "contacts"]:
                made = {"id": 40 + len(self.contacts), **body, "contact_inboxes": []}
                self.contacts.append(made)
                return {"payload": {"contact": made, "contact_inbox": {"source_id": "s1"}}}
            case ["GET", "contacts", number, "conversations"]:
                mine = [c for c in self.conversations if c["contact_id"] == int(number)]
                return {"payload": mine}
            case ["POST", "conversations"]:
                made = {"id": 700 + len(self.conversations), "account_id": 3, **body}
                self.conversations.append(made)
                self.messages[made["id"]] = [body["message"]]
                return made
            case ["GET", "conversations", number, "messages"]:
                return {"meta": {}, "payload": self.messages.get(int(number), [])}
            case ["POST", "conversations", number, "messages"]:
                self.messages.setdefault(int(number), []).append(body)
                return {"id": 1, "private": True}
            case ["POST", "conversations", number, "toggle_status"]:
                status = {"conversation_id": int(number), "current_status": body["status"]}
                return {"meta": {}, "payload": {"success": True, **status}}
        raise AssertionError(call)


@pytest.fixture
def chatwoot() -> Chatwoot:
    return Chatwoot()


def sink(url: str, **more: Any) -> ChatwootSink:
    return ChatwootSink("desk", url, "TOKEN", 3, 9, Http("desk", private=True), **more)


async def test_a_handoff_becomes_an_open_conversation_with_a_private_note(
    desks: Any, delivery: Any, chatwoot: Chatwoot
) -> None:
    desk = await desks(chatwoot.serve)
    assert await sink(desk.url).deliver(delivery()) == "700"
    assert chatwoot.tokens == {"TOKEN"}
    [contact], [conversation] = chatwoot.contacts, chatwoot.conversations
    assert contact["identifier"] == "handrail:cust-1"
    assert (conversation["inbox_id"], conversation["status"]) == (9, "open")
    assert conversation["custom_attributes"] == {"handrail_handoff": "01HX"}
    note = conversation["message"]
    assert note["private"] is True
    assert "[PERSON_k7q2]" in note["content"]


async def test_a_customer_is_one_contact_and_a_stranger_one_per_handoff(
    desks: Any, delivery: Any, chatwoot: Chatwoot
) -> None:
    chatwoot.contacts.append({"id": 12, "identifier": "handrail:cust-12"})
    desk = await desks(chatwoot.serve)
    unnamed = {k: v for k, v in delivery().data.items() if k != "customer"}
    for number, data in ((1, delivery().data), (2, delivery().data), (3, unnamed)):
        await sink(desk.url).deliver(delivery(handoff_id=f"h{number}", data=data))
    names = [contact["identifier"] for contact in chatwoot.contacts]
    assert names == ["handrail:cust-12", "handrail:cust-1", "handrail:h3"]
    assert len(chatwoot.conversations) == 3


@pytest.mark.parametrize(
    "lost",
    ["GET contacts/search", "POST contacts", "GET contacts/40/conversations", "POST conversations"],
)
async def test_whichever_answer_is_lost_there_is_one_conversation(
    desks: Any, delivery: Any, chatwoot: Chatwoot, lost: str
) -> None:
    chatwoot.lose.add(lost)
    desk = await desks(chatwoot.serve)
    with pytest.raises(DeliveryError):
        await sink(desk.url).deliver(delivery())
    assert await sink(desk.url).deliver(delivery(attempt=2)) == "700"
    assert len(chatwoot.contacts) == 1
    assert len(chatwoot.conversations) == 1


async def test_the_conversation_that_the_customer_is_in_is_opened(
    desks: Any, delivery: Any, chatwoot: Chatwoot
) -> None:
    desk = await desks(chatwoot.serve)
    data = {**delivery().data, "conversation": {"id": "55", "messages": []}}
    own = sink(desk.url, own_conversations=True)
    assert await own.deliver(delivery(data=data)) == "55"
    [note] = chatwoot.messages[55]
    assert note["private"] is True
    assert chatwoot.calls[-1] == "POST conversations/55/toggle_status"
    assert chatwoot.conversations == []


@pytest.mark.parametrize(
    "lost",
    [
        "GET conversations/55/messages",
        "POST conversations/55/messages",
        "POST conversations/55/toggle_status",
    ],
)
async def test_whichever_answer_is_lost_there_is_one_note(
    desks: Any, delivery: Any, chatwoot: Chatwoot, lost: str
) -> None:
    chatwoot.lose.add(lost)
    desk = await desks(chatwoot.serve)
    data = {**delivery().data, "conversation": {"id": "55", "messages": []}}
    own = sink(desk.url, own_conversations=True)
    with pytest.raises(DeliveryError):
        await own.deliver(delivery(data=data))
    assert await own.deliver(delivery(data=data, attempt=2)) == "55"
    assert len(chatwoot.messages[55]) == 1


@pytest.mark.parametrize("name", ["conv-1", "unknown", "", "1/../2", "٣", "-1"])
async def test_a_conversation_id_that_is_none_of_chatwoots_is_refused_for_good(
    desks: Any, delivery: Any, chatwoot: Chatwoot, name: str
) -> None:
    desk = await desks(chatwoot.serve)
    data = {**delivery().data, "conversation": {"id": name}}
    with pytest.raises(DeliveryError, match="own_conversations") as caught:
        await sink(desk.url, own_conversations=True).deliver(delivery(data=data))
    assert caught.value.final
    assert chatwoot.calls == []


@pytest.mark.parametrize("answer", [{}, {"payload": "x"}, {"payload": [1, None]}])
async def test_answers_of_another_shape_are_no_confirmation(
    desks: Any, delivery: Any, answer: Any
) -> None:
    desk = await desks((200, answer))
    with pytest.raises(DeliveryError, match="names no id"):
        await sink(desk.url).deliver(delivery())


async def test_other_events_are_not_for_desks(delivery: Any) -> None:
    assert await sink("http://127.0.0.1:1").deliver(delivery(type="handoff.replied")) is None
