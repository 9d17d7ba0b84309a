"""A conversation goes to a person and comes back: dispute, claim, reply, resolve."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from policies.policy import Priority, Risk
from proxy.schemas.handoff import handoff_schema

QUEUE = "/handrail/v1/handoffs"
PEOPLE = {"Anna Berg": "PERSON", "Kim Holm": "PERSON", "DE89 3704": "IBAN_CODE"}
CHAT = {"conversation_id": "chat-1", "customer_ref": "c-1"}
HOLDING = "A colleague has taken over this conversation and will answer you here."


class Chat:
    """One customer: the bot sends the whole conversation each time."""

    def __init__(self, lab: Any, **metadata: str) -> None:
        self.lab = lab
        self.metadata = metadata or CHAT
        self.talk: list[dict[str, str]] = []

    async def say(self, text: str, **body: Any) -> Any:
        self.talk.append({"role": "user", "content": text})
        reply = await self.lab.ask(list(self.talk), metadata=self.metadata, **body)
        self.talk.append({"role": "assistant", "content": reply.text})
        return reply


async def post(lab: Any, path: str, body: Any = None, agent: str | None = None) -> Any:
    headers = {} if agent is None else {"x-handrail-agent": agent}
    return await lab.admin.call("POST", f"{QUEUE}/{path}", body, headers)


async def get(lab: Any, path: str) -> Any:
    reply = await lab.admin.call("GET", f"{QUEUE}{path}")
    assert reply.status == 200, reply.body
    return reply.json()


async def disputed(lab: Any, said: str = "dispute: I never bought this, I am Anna Berg") -> Any:
    """Open a handoff; return the chat and the handoff's id."""
    chat = Chat(lab)
    reply = await chat.say(said)
    return chat, reply.headers["x-handrail-handoff-id"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("files", [False, True])
async def test_a_dispute_goes_to_a_person_and_back(labs: Any, files: bool, stream: bool) -> None:
    lab = await labs(values=PEOPLE, files=files)
    chat = Chat(lab)
    first = await chat.say("returns: there is a charge that I don't know", stream=stream)
    assert first.handrail["action"] == "pass"
    second = await chat.say("dispute: I, Anna Berg, never bought this", stream=stream)
    assert second.handrail["handoff"]["status"] == "created"
    handoff = second.handrail["handoff"]["id"]
    assert handoff in second.text

    wins = await asyncio.gather(*(post(lab, f"{handoff}/claim", {}, who) for who in ("kim", "bo")))
    assert sorted(reply.status for reply in wins) == [200, 409]
    winner = next(reply.json()["agent"] for reply in wins if reply.status == 200)
    loser = next(reply.json()["error"] for reply in wins if reply.status == 409)
    assert loser["code"] == "already_claimed"
    assert winner in loser["message"]

    called = len(lab.model.calls)
    held = await chat.say("returns: hello? my IBAN is DE89 3704", stream=stream)
    assert held.text == HOLDING
    assert held.handrail["handoff"] == {"id": handoff, "status": "queued", "queue": "disputes"}
    assert len(lab.model.calls) == called

    shown = await get(lab, f"/{handoff}")
    jsonschema.validate(shown["packet"], handoff_schema())
    token = shown["packet"]["privacy"]["placeholders"][0]["token"]
    answer = f"Dear {token}, Kim Holm here: we have stopped the charge."
    replied = await post(lab, f"{handoff}/reply", {"text": answer}, winner)
    assert (replied.status, replied.json()["reaches"]) == (200, "next_turn")

    told = await chat.say("returns: anything new?", stream=stream)
    assert told.text == "Dear Anna Berg, Kim Holm here: we have stopped the charge."
    assert told.handrail["action"] == "pass"
    assert told.handrail["handoff"]["status"] == "delivered"
    again = await chat.say("returns: thank you", stream=stream)
    assert again.text == HOLDING

    body = {"resolved": True, "minutes": 4, "note": "refunded to DE89 3704"}
    resolved = (await post(lab, f"{handoff}/resolve", body, winner)).json()
    assert resolved["outcome"]["minutes"] == 4
    assert f"Resolved by {winner} in 4 min" in resolved["outcome"]["summary"]
    free = await chat.say("returns: and how long may I keep it?", stream=stream)
    assert free.handrail["action"] == "pass"
    assert len(lab.model.calls) == called + 1

    kept = json.dumps([await get(lab, f"/{handoff}"), await get(lab, f"/{handoff}/messages")])
    assert not [name for name in PEOPLE if name in kept + lab.model.sent]
    log = (await lab.admin.call("GET", "/handrail/v1/audit")).json()["data"]
    assert [(e["actor"], e["action"]) for e in log] == [
        (winner, "handoff.resolve"),
        (winner, "handoff.reply"),
        (winner, "handoff.claim"),
    ]


async def test_a_repeat_joins_the_open_handoff(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    again = await chat.say("fraud: someone used my card")
    assert again.handrail["handoff"]["id"] == handoff
    assert again.handrail["handoff"]["status"] == "queued"
    assert handoff in again.text
    [row] = (await get(lab, ""))["data"]
    said = (await get(lab, f"/{handoff}/messages"))["data"]
    assert [m["role"] for m in said] == ["customer", "customer"]
    assert row["status"] == "open"


async def test_what_the_bot_answers_meanwhile_is_seen_by_the_agent(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    chat, handoff = await disputed(lab)
    await chat.say("returns: how long may I keep it?")
    said = (await get(lab, f"/{handoff}/messages"))["data"]
    assert [m["role"] for m in said] == ["customer", "customer", "bot"]
    assert said[-1]["text"] == "Parcels go back within 30 days."


async def test_a_repeated_request_adds_nothing(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/claim", {}, "kim")
    await chat.say("returns: hello?")
    for _ in range(2):
        await lab.ask(chat.talk[:-1], metadata=CHAT)
    said = (await get(lab, f"/{handoff}/messages"))["data"]
    assert [m["text"] for m in said[1:]] == ["returns: hello?"]


async def test_a_released_conversation_is_the_bot_s_and_a_repeat_opens_it_again(
    labs: Any,
) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/claim", {}, "kim")
    assert (await post(lab, f"{handoff}/release", {}, "kim")).json()["status"] == "released"
    assert (await chat.say("returns: how long?")).handrail["action"] == "pass"
    again = await chat.say("dispute: no, really")
    assert again.handrail["handoff"]["id"] == handoff
    [row] = (await get(lab, ""))["data"]
    assert (row["status"], row["reopened"], row["agent"]) == ("open", 1, None)


async def test_after_the_cool_down_a_repeat_is_a_handoff_of_its_own(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True, config="[handoff]\ncooldown_s = 0")
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/resolve", {}, "kim")
    again = await chat.say("dispute: another one")
    assert again.handrail["handoff"]["status"] == "created"
    assert again.handrail["handoff"]["id"] != handoff


async def test_risks_are_seen_while_the_bot_is_silent(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/claim", {}, "kim")
    before = (await get(lab, f"/{handoff}"))["due_at"]
    reply = await chat.say("returns: HARM")
    assert reply.text == f"You are not alone. Reference {handoff}."
    row = await get(lab, f"/{handoff}")
    assert (row["status"], row["agent"], row["due_at"]) == ("claimed", "kim", before)


async def test_a_graver_matter_moves_what_nobody_has(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    assert (await get(lab, f"/{handoff}"))["queue"] == "disputes"
    policy = lab.snapshot.policy
    care = policy.risks[Risk.SELF_HARM]
    sooner = replace(care.routing, priority=Priority.URGENT, sla_minutes=15)
    policy.risks[Risk.SELF_HARM] = replace(care, routing=sooner)
    assert (await chat.say("returns: HARM")).handrail["handoff"]["queue"] == "care"
    row = await get(lab, f"/{handoff}")
    assert (row["queue"], row["priority"], row["status"]) == ("care", "urgent", "open")
    assert row["sla"]["remaining_s"] <= 15 * 60


async def test_two_requests_at_once_open_one_handoff(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    asked = [lab.ask(f"dispute: charge {n}", metadata=CHAT) for n in range(4)]
    replies = await asyncio.gather(*asked)
    assert len({reply.handrail["handoff"]["id"] for reply in replies}) == 1
    [row] = (await get(lab, ""))["data"]
    assert len((await get(lab, f"/{row['id']}/messages"))["data"]) == 4


async def test_a_customer_who_left_gets_the_reply_with_the_next_turn(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/reply", {"text": "We look into it."}, "kim")
    gone = lab.open([{"role": "user", "content": "returns: hm"}], metadata=CHAT)
    gone.leave()
    await asyncio.wait([gone.task])
    await lab.settle()
    back = await chat.say("returns: are you there?")
    assert back.text == "We look into it."


@pytest.mark.parametrize("stream", [False, True])
async def test_a_reply_keeps_the_form_that_the_bot_asked_for(labs: Any, stream: bool) -> None:
    lab = await labs(values=PEOPLE)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/reply", {"text": "We look into it."}, "kim")
    reply = await chat.say(
        "returns: hm", stream=stream, response_format={"type": "json_object"}, n=2
    )
    assert reply.text == ""
    assert [reply.said("refusal", n) for n in (0, 1)] == ["We look into it."] * 2


async def test_a_bot_that_polls_shows_a_reply_once(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    chat, handoff = await disputed(lab)
    await post(lab, f"{handoff}/reply", {"text": "Dear Anna Berg"}, "kim")
    polled = await lab.admin.call("GET", f"{QUEUE}/{handoff}/messages?for=customer")
    [row] = polled.json()["data"]
    assert row["text"] == "Dear Anna Berg"
    assert polled.headers["cache-control"] == "no-store"
    await get(lab, f"/{handoff}/messages?for=customer&after={row['seq']}")
    assert (await chat.say("returns: hm")).text == HOLDING


async def test_without_a_conversation_id_nothing_is_held(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    reply = await lab.ask("dispute: I am Anna Berg")
    handoff = reply.headers["x-handrail-handoff-id"]
    replied = await post(lab, f"{handoff}/reply", {"text": "Dear Anna Berg"}, "kim")
    assert replied.json()["reaches"] == "sinks"
    assert (await lab.ask("returns: hm")).handrail["action"] == "pass"
    kept = json.dumps(await get(lab, f"/{handoff}"))
    assert "Anna" not in kept


async def test_a_bot_s_own_calls_and_shadow_traffic_are_not_held(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    _, handoff = await disputed(lab)
    await post(lab, f"{handoff}/reply", {"text": "We look into it."}, "kim")
    title = await lab.ask("a title please", model="titles", metadata=CHAT)
    assert title.text == "Parcels go back within 30 days."


async def test_tenants_share_no_handoff(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    keys = {name: await asyncio.to_thread(lab.stores.keys.add, "bot", name) for name in "ab"}

    async def ask(tenant: str, said: str) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {keys[tenant]}"}
        reply = await lab.ask(said, metadata=CHAT, headers=headers)
        found: Mapping[str, Any] = reply.handrail
        return found

    mine = (await ask("a", "dispute: x"))["handoff"]["id"]
    await post(lab, f"{mine}/claim", {}, "kim")
    assert (await ask("b", "returns: x"))["action"] == "pass"
    assert (await ask("a", "returns: x"))["handoff"]["id"] == mine
