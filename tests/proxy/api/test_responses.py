"""POST /v1/responses: the same pipeline in another wire format."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import StoreError, UpstreamError
from proxy.models.base import Finished, Opened, ToolDelta
from proxy.responses.base import Kept
from proxy.responses.memory import MemoryResponses

ROUTE = "/v1/responses"
ENVELOPE = {"message", "type", "param", "code"}
PEOPLE = {"Anna Berg": "PERSON", "anna@shop.example": "EMAIL_ADDRESS"}
GOOD = "Parcels go back within 30 days."
FIND = {"type": "function", "name": "find", "parameters": {"type": "object"}, "strict": True}


async def ask(lab: Any, said: Any = "returns: x", **body: Any) -> Any:
    headers = body.pop("headers", None)
    return await lab.proxy.call("POST", ROUTE, {"model": "bot", "input": said, **body}, headers)


def events(reply: Any) -> list[dict[str, Any]]:
    blocks = [block.split("\n") for block in reply.body.decode().split("\n\n") if block]
    found = [json.loads(data.removeprefix("data: ")) for _, data in blocks]
    assert [name for name, _ in blocks] == [f"event: {event['type']}" for event in found]
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    return found


def final(reply: Any) -> dict[str, Any]:
    """The response object, whether streamed or not."""
    if reply.headers["content-type"].startswith("text/event-stream"):
        return events(reply)[-1]["response"]  # type: ignore[no-any-return]
    return reply.json()  # type: ignore[no-any-return]


def text_of(response: dict[str, Any]) -> str:
    parts = [p for item in response["output"] for p in item.get("content", ())]
    return "".join(part.get("text", "") for part in parts)


async def test_a_whole_answer_is_a_response(lab: Any) -> None:
    reply = await ask(lab, instructions="be kind", max_output_tokens=50)
    assert reply.status == 200
    assert reply.headers["x-handrail-action"] == "pass"
    body = reply.json()
    assert (body["object"], body["status"], body["model"]) == ("response", "completed", "bot")
    assert (body["instructions"], body["max_output_tokens"]) == ("be kind", 50)
    assert (body["error"], body["incomplete_details"], body["store"]) == (None, None, True)
    assert text_of(body) == GOOD
    assert body["usage"]["total_tokens"] == 18
    assert body["handrail"]["id"] == reply.headers["x-handrail-id"]
    [(_, sent)] = lab.model.calls
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]
    assert sent["max_completion_tokens"] == 50
    assert not {"input", "instructions", "store"} & set(sent)
    [record] = await lab.records()
    assert record["api"] == "responses"


async def test_a_stream_ends_with_the_completed_response(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("One is good. Two is good.", chunk=3))
    reply = await ask(lab, stream=True)
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = events(reply)
    deltas = [e["delta"] for e in found if e["type"] == "response.output_text.delta"]
    assert deltas == ["One is good. ", "Two is good."]
    assert found[-1]["type"] == "response.completed"
    assert found[-1]["response"]["handrail"]["action"] == "pass"
    assert not any("handrail" in e.get("response", {}) for e in found[:-1])
    assert len({e["response"]["id"] for e in found if "response" in e}) == 1
    assert b"[DONE]" not in reply.body


async def test_nothing_leaves_before_its_check_has_passed(labs: Any, kit: Any) -> None:
    go = asyncio.Event()
    first, *rest = kit.says("One is good. Two is WRONG.", chunk=17)
    lab = await labs([first, rest[0], go, *rest[1:]])
    body = {"model": "bot", "input": "returns: x", "stream": True}
    under_way = lab.proxy.open("POST", ROUTE, body)
    await under_way.message()
    begun = await under_way.message()
    assert b"One is good." in begun["body"]
    assert b"Two" not in begun["body"]
    go.set()
    await under_way.task
    rest_of_it = b"".join([(await under_way.message())["body"] for _ in range(2)])
    assert b"response.completed" in rest_of_it
    assert b"WRONG" not in rest_of_it


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("said", ["dispute: x", "fraud: x", "returns: x"])
async def test_an_escalation_is_text_of_a_completed_response(
    labs: Any, kit: Any, stream: bool, said: str
) -> None:
    lab = await labs(kit.says("It is WRONG."))
    reply = await ask(lab, said, stream=stream)
    body = final(reply)
    assert (reply.status, body["status"]) == (200, "completed")
    assert body["handrail"]["action"] == "escalate"
    assert body["handrail"]["handoff"]["id"] in text_of(body)
    assert "WRONG" not in reply.body.decode()
    assert len(await lab.packets()) == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
async def test_where_json_was_due_an_escalation_is_a_refusal(
    labs: Any, kit: Any, stream: bool, kind: str
) -> None:
    lab = await labs(kit.says('{"answer": "WRONG"}'))
    wanted = {"type": kind, "name": "n", "schema": {"type": "object"}}
    reply = await ask(lab, stream=stream, text={"format": wanted})
    [message] = final(reply)["output"]
    [part] = message["content"]
    assert part["type"] == "refusal"
    assert part["refusal"].startswith("A colleague takes over.")
    [(_, sent)] = lab.model.calls
    assert sent["response_format"]["type"] == kind


@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_is_called_and_its_result_answered(labs: Any, kit: Any, stream: bool) -> None:
    calls = [
        Opened(id="up-1"),
        ToolDelta(0, 0, id="call_1", name="find", arguments='{"who": '),
        ToolDelta(0, 0, arguments='"[PERSON_7jqx]"}'),
        Finished(0, "tool_calls"),
    ]
    lab = await labs(calls, kit.says(GOOD), values=PEOPLE)
    reply = await ask(lab, "returns: Anna Berg", stream=stream, tools=[FIND], tool_choice="auto")
    body = final(reply)
    [call] = body["output"]
    assert (call["type"], call["call_id"], call["name"]) == ("function_call", "call_1", "find")
    sent = lab.model.calls[0][1]
    assert sent["tools"][0]["function"]["name"] == "find"
    result = {"type": "function_call_output", "call_id": "call_1", "output": "30 days"}
    done = await ask(lab, [result], previous_response_id=body["id"], tools=[FIND])
    assert text_of(done.json()) == GOOD
    roles = [m["role"] for m in lab.model.calls[1][1]["messages"]]
    assert roles == ["user", "assistant", "tool"]
    assert lab.model.calls[1][1]["messages"][1]["tool_calls"][0]["id"] == "call_1"
    assert "Anna" not in lab.model.sent


async def test_a_tool_that_nobody_offered_is_withheld(labs: Any) -> None:
    call = ToolDelta(0, 0, id="call_1", name="delete_all", arguments="{}")
    lab = await labs([Opened(id="up-1"), call, Finished(0, "tool_calls")])
    body = (await ask(lab, tools=[FIND])).json()
    assert [item["type"] for item in body["output"]] == ["message"]
    assert body["handrail"]["action"] == "escalate"


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_was_cut_is_incomplete(labs: Any, kit: Any, stream: bool) -> None:
    lab = await labs(kit.says("One is good.", reason="length"))
    body = final(await ask(lab, stream=stream))
    assert body["status"] == "incomplete"
    assert body["incomplete_details"] == {"reason": "max_output_tokens"}


async def test_a_stream_that_fails_ends_with_a_failed_response(labs: Any, kit: Any) -> None:
    opened, first, *_ = kit.says("A title of some length", chunk=8)
    lab = await labs([opened, first, UpstreamError("fake: cut off", kind="protocol")])
    reply = await ask(lab, model="titles", stream=True)
    last = events(reply)[-1]
    assert last["type"] == "response.failed"
    assert last["response"]["error"]["code"] == "server_error"
    assert last["response"]["status"] == "failed"


@pytest.mark.parametrize("files", [False, True])
async def test_a_conversation_goes_on_by_its_last_response(labs: Any, files: bool) -> None:
    lab = await labs(values=PEOPLE, files=files)
    first = (await ask(lab, "returns: I am Anna Berg", instructions="one")).json()
    second = await ask(
        lab, "returns: who am I?", instructions="two", previous_response_id=first["id"]
    )
    assert second.json()["previous_response_id"] == first["id"]
    third = await ask(lab, "returns: Anna Berg?", previous_response_id=second.json()["id"])
    assert third.status == 200
    said = [m["content"] for m in lab.model.calls[-1][1]["messages"]]
    name = said[0].removeprefix("returns: I am ")
    assert name.startswith("[PERSON_")
    assert said == [
        f"returns: I am {name}",
        GOOD,
        "returns: who am I?",
        GOOD,
        f"returns: {name}?",
    ]
    assert lab.model.calls[1][1]["messages"][0]["content"] == "two"
    # Nothing but the explicit link makes it a conversation.
    assert {r["conversation"] for r in await lab.records()} == {"unknown"}


async def test_an_escalated_turn_is_continued_with_what_the_customer_saw(
    labs: Any, kit: Any
) -> None:
    lab = await labs(kit.says("It is WRONG."), kit.says(GOOD))
    first = (await ask(lab)).json()
    await ask(lab, "returns: and now?", previous_response_id=first["id"])
    said = [m["content"] for m in lab.model.calls[-1][1]["messages"]]
    assert said[1].startswith("A colleague takes over.")
    assert "WRONG" not in lab.model.sent


async def test_store_false_keeps_nothing(lab: Any) -> None:
    body = (await ask(lab, store=False)).json()
    assert body["store"] is False
    for reply in (
        await ask(lab, previous_response_id=body["id"]),
        await lab.proxy.call("GET", f"{ROUTE}/{body['id']}"),
    ):
        assert reply.status == 404
        assert reply.json()["error"]["code"] == "response_not_found"
    assert len(lab.model.calls) == 1


async def test_what_is_unchecked_is_not_kept_either(lab: Any) -> None:
    body = (await ask(lab, model="titles")).json()
    assert body["store"] is False
    assert (await lab.proxy.call("GET", f"{ROUTE}/{body['id']}")).status == 404


class Full(MemoryResponses):
    def keep(self, response: Kept, expires: float) -> None:
        raise StoreError(f"full: {response.id[:4]} {expires:.0f}")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_full_disk_costs_no_answer(labs: Any, stream: bool) -> None:
    lab = await labs()
    keeper = replace(lab.snapshot.responses, store=Full())
    lab.live.current = replace(lab.snapshot, responses=keeper)
    body = final(await ask(lab, stream=stream))
    assert (text_of(body), body["store"]) == (GOOD, False)


async def test_another_tenant_s_response_does_not_exist(lab: Any) -> None:
    keys = [
        await asyncio.to_thread(lab.stores.keys.add, bot, tenant=tenant)
        for bot, tenant in (("a", "one"), ("b", "two"))
    ]
    one, two = ({"authorization": f"Bearer {key}"} for key in keys)
    name = (await ask(lab, headers=one)).json()["id"]
    assert (await ask(lab, previous_response_id=name, headers=two)).status == 404
    assert (await lab.proxy.call("GET", f"{ROUTE}/{name}", None, two)).status == 404
    assert (await lab.proxy.call("DELETE", f"{ROUTE}/{name}", None, two)).status == 404
    assert (await lab.proxy.call("GET", f"{ROUTE}/{name}")).status == 401
    assert (await lab.proxy.call("GET", f"{ROUTE}/{name}", None, one)).status == 200


async def test_a_response_can_be_read_and_deleted(labs: Any, kit: Any) -> None:
    lab = await labs(kit.echo, values=PEOPLE)
    made = (await ask(lab, "returns: Anna Berg", metadata={"note": "Anna Berg"})).json()
    path = f"{ROUTE}/{made['id']}"
    shown = (await lab.proxy.call("GET", path)).json()
    assert {k: shown[k] for k in ("id", "output", "usage", "handrail", "metadata", "status")} == {
        k: made[k] for k in ("id", "output", "usage", "handrail", "metadata", "status")
    }
    assert (await lab.proxy.call("GET", f"{path}?stream=true")).status == 400
    gone = await lab.proxy.call("DELETE", path)
    assert gone.json() == {"id": made["id"], "object": "response", "deleted": True}
    assert (await lab.proxy.call("GET", path)).status == 404
    assert (await lab.proxy.call("DELETE", path)).status == 404


async def test_erasing_a_customer_erases_the_thread(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    metadata = {"conversation_id": "c1", "customer_ref": "anna@shop.example"}
    first = (await ask(lab, "returns: Anna Berg", metadata=metadata)).json()
    second = (await ask(lab, "returns: more", previous_response_id=first["id"])).json()
    path = "/handrail/v1/customers/anna%40shop.example"
    done = (await lab.admin.call("DELETE", path)).json()["erased"]
    assert done["responses"] == 2
    for made in (first, second):
        assert (await lab.proxy.call("GET", f"{ROUTE}/{made['id']}")).status == 404


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"background": True}, "background"),
    ({"conversation": {"id": "conv_1"}}, "conversation"),
    ({"prompt": {"id": "p"}}, "prompt"),
    ({"include": ["reasoning.encrypted_content"]}, "include"),
    ({"truncation": "auto"}, "truncation"),
    ({"n": 2}, "n"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "mcp", "server_url": "https://x.example"}]}, "tools[0].type"),
    ({"tool_choice": {"type": "file_search"}}, "tool_choice"),
    ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
    ({"input": None}, "input"),
    ({"input": []}, "input"),
    ({"model": None}, "model"),
    ({"stream": "yes"}, "stream"),
    ({"metadata": "x"}, "metadata"),
    ({"handrail": {"unheard": 1}}, "handrail.unheard"),
]


@pytest.mark.parametrize(("changes", "param"), REFUSED)
async def test_what_can_t_be_served_is_refused_before_anything_is_sent(
    lab: Any, changes: dict[str, Any], param: str
) -> None:
    body = {"model": "bot", "input": "returns: x", **changes}
    reply = await lab.proxy.call("POST", ROUTE, body)
    assert reply.status == 400
    error = reply.json()["error"]
    assert set(error) == ENVELOPE
    assert error["param"] == param
    assert lab.model.calls == []


@pytest.mark.parametrize("name", ["resp_1", "", f"resp_{'0' * 48}", "x" * 5000])
async def test_a_response_that_there_is_not_can_t_be_continued(lab: Any, name: str) -> None:
    reply = await ask(lab, previous_response_id=name)
    assert (reply.status, reply.json()["error"]["param"]) == (404, "previous_response_id")
    assert lab.model.calls == []


async def test_a_key_is_asked_for_first(lab: Any) -> None:
    await asyncio.to_thread(lab.stores.keys.add, "web")
    reply = await lab.proxy.call("POST", ROUTE, b"not json")
    assert reply.status == 401


async def test_shadow_and_context_work_as_in_a_chat(lab: Any) -> None:
    context = [{"id": "1", "title": "T", "text": "Parcels go back."}]
    reply = await ask(lab, handrail={"context": context}, metadata={"conversation_id": "c1"})
    assert reply.status == 200
    [record] = await lab.records()
    assert record["conversation"] == "c1"
    assert "handrail" not in lab.model.calls[0][1]
