"""POST /v1/chat/completions as HTTP: shapes, headers, refusals."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.models.base import Finished, Opened, ToolDelta
from proxy.telemetry import names
from validators.testing import FakeRedactor

ROUTE = "/v1/chat/completions"
ENVELOPE = {"message", "type", "param", "code"}
ALWAYS = {
    "x-request-id",
    "x-handrail-id",
    "x-handrail-policy",
    "x-handrail-cache",
    "x-trace-id",
    "x-handrail-intent",
}
DECIDED = {"x-handrail-action", "x-handrail-verdict", "x-handrail-confidence"}


def chat(**changes: Any) -> dict[str, Any]:
    return {"model": "bot", "messages": [{"role": "user", "content": "returns: x"}], **changes}


async def test_a_whole_answer_has_the_shape_of_a_completion(lab: Any, kit: Any) -> None:
    reply = await lab.ask("returns: how long?")
    body = reply.json()
    assert set(body) == {"id", "object", "created", "model", "choices", "usage", "handrail"}
    assert (body["object"], body["model"], body["usage"]) == ("chat.completion", "bot", kit.USAGE)
    [choice] = body["choices"]
    assert choice == {
        "index": 0,
        "message": {
            "role": "assistant",
            "content": "Parcels go back within 30 days.",
            "refusal": None,
        },
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert reply.headers["content-type"] == "application/json"
    assert int(reply.headers["content-length"]) == len(reply.body)


async def test_a_stream_has_the_order_that_clients_expect(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("One is good. Two is good.", chunk=3))
    reply = await lab.ask("returns: how long?", stream=True)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["x-accel-buffering"] == "no"
    assert reply.body.endswith(b"data: [DONE]\n\n")
    chunks = reply.chunks
    assert len({(c["id"], c["created"], c["model"]) for c in chunks}) == 1
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    deltas = [c["choices"][0]["delta"] for c in chunks]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert [d.get("content") for d in deltas[1:-1]] == ["One is good. ", "Two is good."]
    assert deltas[-1] == {}
    assert [c["choices"][0]["finish_reason"] for c in chunks] == [None, None, None, "stop"]
    assert ["handrail" in c for c in chunks] == [False, False, False, True]
    assert not any("usage" in c for c in chunks)


async def test_usage_is_sent_in_a_stream_only_if_asked_for(lab: Any, kit: Any) -> None:
    reply = await lab.ask("returns: x", stream=True, stream_options={"include_usage": True})
    *others, last = reply.chunks
    assert (last["choices"], last["usage"]) == ([], kit.USAGE)
    assert all(chunk["usage"] is None for chunk in others)
    without = await lab.ask("returns: y", stream=True, stream_options={"include_usage": False})
    assert not any("usage" in chunk for chunk in without.chunks)


async def test_headers_tell_the_verdict(lab: Any) -> None:
    reply = await lab.ask("returns: how long?")
    assert set(reply.headers) >= ALWAYS | DECIDED | {"x-handrail-tier"}
    assert reply.headers["x-handrail-action"] == "pass"
    assert reply.headers["x-handrail-verdict"] == "grounded"
    assert reply.headers["x-handrail-confidence"] == "0.95"
    assert reply.headers["x-handrail-cache"] == "miss"
    assert reply.headers["x-handrail-intent"] == "returns"
    assert reply.headers["x-handrail-policy"].startswith("shop@")
    assert reply.headers["x-handrail-id"] == reply.handrail["id"]
    assert "x-handrail-handoff-id" not in reply.headers


async def test_headers_name_the_handoff(lab: Any) -> None:
    reply = await lab.ask("fraud: my card")
    assert reply.headers["x-handrail-handoff-id"] == reply.handrail["handoff"]["id"]
    assert reply.headers["x-handrail-verdict"] == "not_checked"
    assert "x-handrail-confidence" not in reply.headers
    assert "x-handrail-tier" not in reply.headers


async def test_a_stream_under_way_does_not_claim_a_verdict(labs: Any, kit: Any) -> None:
    go = asyncio.Event()
    first, *rest = kit.says("One is good. Two is WRONG.", chunk=17)
    lab = await labs([first, rest[0], go, *rest[1:]])
    under_way = lab.open("returns: x", stream=True)
    start = await under_way.message()
    headers = {name.decode() for name, _ in start["headers"]}
    assert headers >= ALWAYS
    assert not headers & DECIDED
    go.set()
    reply_body = b"".join([(await under_way.message()).get("body", b"") for _ in range(4)])
    assert b'"action":"escalate"' in reply_body
    await under_way.task


async def test_a_withheld_stream_has_its_verdict_in_the_headers(lab: Any) -> None:
    reply = await lab.ask("dispute: no", stream=True)
    assert reply.headers["x-handrail-action"] == "escalate"
    assert reply.headers["x-handrail-handoff-id"] == reply.handrail["handoff"]["id"]


@pytest.mark.parametrize("detail", ["off", "summary", "full"])
@pytest.mark.parametrize("stream", [False, True])
async def test_the_verdict_in_the_body_can_be_turned_off(
    labs: Any, detail: str, stream: bool
) -> None:
    lab = await labs(config=f'[expose]\ndetail = "{detail}"')
    reply = await lab.ask("returns: how long?", stream=stream)
    assert (b'"handrail"' in reply.body) == (detail != "off")
    assert (b'"citations"' in reply.body) == (detail == "full")
    assert b"30 days of delivery" not in reply.body  # no passage in it


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
async def test_where_json_was_due_an_escalation_is_a_refusal(
    labs: Any, kit: Any, stream: bool, kind: str
) -> None:
    lab = await labs(kit.says('{"answer": "WRONG"}'))
    reply = await lab.ask("returns: x", stream=stream, response_format={"type": kind})
    assert reply.text == ""
    assert reply.said("refusal").startswith("A colleague takes over.")
    assert reply.finish == "stop"
    if not stream:
        assert reply.json()["choices"][0]["message"]["content"] is None


@pytest.mark.parametrize("stream", [False, True])
async def test_every_choice_is_answered_and_checked(labs: Any, kit: Any, stream: bool) -> None:
    lab = await labs(kit.says("Both are good.", choices=2), kit.says("It is WRONG.", choices=2))
    reply = await lab.ask("returns: x", stream=stream, n=2)
    assert (reply.said(choice=0), reply.said(choice=1)) == ("Both are good.", "Both are good.")
    assert reply.handrail["claims"]["total"] == 2
    failed = await lab.ask("returns: x", stream=stream, n=2)
    assert failed.said(choice=0) == failed.said(choice=1)
    assert failed.said(choice=1).startswith("A colleague takes over.")
    assert failed.handrail["action"] == "escalate"
    finishes = [c["finish_reason"] for r in (reply, failed) for c in r._choices]
    assert finishes.count("stop") == 4


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("legacy", [False, True])
async def test_tool_calls_keep_their_shape(labs: Any, stream: bool, legacy: bool) -> None:
    reason = "function_call" if legacy else "tool_calls"
    call = ToolDelta(0, 0, id="" if legacy else "call_1", name="find", legacy=legacy)
    pieces = [ToolDelta(0, 0, arguments=text, legacy=legacy) for text in ('{"id"', ": 7}")]
    lab = await labs([Opened(id="up-1"), call, *pieces, Finished(0, reason)])
    find = {"name": "find", "parameters": {}}
    offer = {"functions": [find]} if legacy else {"tools": [{"type": "function", "function": find}]}
    reply = await lab.ask("returns: x", stream=stream, **offer)
    assert reply.finish == reason
    if legacy:
        assert b'"function_call":{"name":"find","arguments":"{\\"id\\": 7}"}' in reply.body
    else:
        [sent] = reply.calls
        assert sent["function"] == {"name": "find", "arguments": '{"id": 7}'}
        assert sent["type"] == "function"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_of_a_tool_that_was_not_offered_goes_to_a_person(
    labs: Any, stream: bool
) -> None:
    call = ToolDelta(0, 0, id="call_1", name="pay_back", arguments="{}")
    lab = await labs([Opened(id="up-1"), call, Finished(0, "tool_calls")])
    find = {"type": "function", "function": {"name": "find", "parameters": {}}}
    reply = await lab.ask("returns: x", stream=stream, tools=[find])
    assert (reply.calls, reply.finish) == ([], "stop")
    assert reply.handrail["action"] == "escalate"
    assert b"pay_back" not in reply.body


async def test_a_tool_call_is_held_back_where_a_person_decides(labs: Any) -> None:
    call = ToolDelta(0, 0, id="call_1", name="pay_back", arguments="{}")
    lab = await labs([Opened(id="up-1"), call, Finished(0, "tool_calls")])
    reply = await lab.ask("dispute: give it back")
    assert reply.calls == []
    assert reply.finish == "stop"
    [packet] = await lab.packets()
    assert packet["draft"]["tool_calls"][0]["name"] == "pay_back"


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_finish_reasons_that_break_clients_do_not_leave(
    labs: Any, kit: Any, reason: str
) -> None:
    lab = await labs(kit.says("It is good.", reason=reason))
    reply = await lab.ask("returns: x")
    assert reply.finish == ("length" if reason == "length" else "stop")


async def test_every_field_is_forwarded_but_handrail_s_own(lab: Any) -> None:
    extra = {"temperature": 0.2, "seed": 7, "brand_new": {"deep": [1]}}
    metadata = {"conversation_id": "c1", "locale": "en", "campaign": "spring"}
    await lab.ask("returns: x", metadata=metadata, handrail={"context": ["a"]}, **extra)
    [(model, request)] = lab.model.calls
    assert model == "small-1"
    assert {key: request[key] for key in extra} == extra
    assert request["metadata"] == {"campaign": "spring"}
    assert "handrail" not in request


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b"[1]", 400, None),
        (b'{"model": "\xff"}', 400, None),
        (b'{"a":' * 200 + b"1" + b"}" * 200, 400, None),
        (b'{"a":' * 100_000, 400, None),
        (chat(messages=[]), 400, "messages"),
        (chat(messages="hi"), 400, "messages"),
        ({"model": "bot"}, 400, "messages"),
        (chat(messages=[{"role": "user", "content": "a\0b"}]), 400, "messages[0].content"),
        (chat(messages=[{"role": "god", "content": "x"}]), 400, "messages[0].role"),
        (chat(model=None), 400, "model"),
        (chat(model="unheard-of"), 404, "model"),
        (chat(n=0), 400, "n"),
        (chat(n=9), 400, "n"),
        (chat(stream="yes"), 400, "stream"),
        (chat(response_format="json"), 400, "response_format"),
        (chat(handrail={"mode": "off"}), 400, "handrail.mode"),
        (chat(handrail={"checks": []}), 400, "handrail.checks"),
    ],
)
async def test_bad_requests_get_the_envelope(
    lab: Any, body: Any, status: int, param: str | None
) -> None:
    reply = await lab.proxy.call("POST", ROUTE, body)
    assert reply.status == status
    error = reply.json()["error"]
    assert set(error) == ENVELOPE
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]
    assert reply.headers["x-request-id"]
    assert lab.model.calls == []


async def test_a_body_over_the_limit_is_refused(labs: Any) -> None:
    lab = await labs(config="")
    limit = lab.snapshot.config.server.max_body_bytes
    reply = await lab.proxy.call("POST", ROUTE, chat(pad="x" * limit))
    assert reply.status == 413
    assert "max_body_bytes" in reply.json()["error"]["message"]
    assert set(reply.json()["error"]) == ENVELOPE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PARTS = st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=9)}))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.text(max_size=20) | PARTS | JSON,
    extra=st.dictionaries(st.sampled_from(["name", "refusal", "audio", "x"]), JSON),
    top=st.dictionaries(st.sampled_from(["tools", "stop", "user", "metadata", "x"]), JSON),
)
async def test_whatever_is_sent_is_answered_or_refused_in_order(
    lab: Any, content: Any, extra: Any, top: Any
) -> None:
    message = {"role": "user", "content": content, **extra}
    reply = await lab.proxy.call("POST", ROUTE, chat(messages=[message], **top))
    if reply.status == 200:
        assert reply.json()["choices"][0]["finish_reason"] == "stop"
    else:
        assert 400 <= reply.status < 500
        assert set(reply.json()["error"]) == ENVELOPE


async def test_without_keys_any_key_is_taken(lab: Any) -> None:
    headers = {"authorization": "Bearer anything"}
    assert (await lab.ask("returns: x", headers=headers)).status == 200
    [record] = await lab.records()
    assert (record["bot"], record["tenant"]) == ("default", "default")


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "x"}])
async def test_with_keys_a_stranger_gets_a_401(lab: Any, header: dict[str, str]) -> None:
    await asyncio.to_thread(lab.stores.keys.add, "web")
    reply = await lab.ask("returns: x", headers=header)
    assert reply.status == 401
    error = reply.json()["error"]
    assert set(error) == ENVELOPE
    assert error["code"] == "invalid_api_key"
    assert reply.headers["www-authenticate"] == "Bearer"
    # A stranger learns nothing else: neither which models there are nor how big a body may be.
    assert (await lab.ask("returns: x", headers=header, model="unheard-of")).status == 401
    assert (await lab.proxy.call("POST", ROUTE, b"{", header)).status == 401
    assert lab.model.calls == []


async def test_a_key_names_bot_and_tenant_and_never_goes_upstream(lab: Any) -> None:
    key = await asyncio.to_thread(lab.stores.keys.add, "web", "acme")
    reply = await lab.ask("returns: x", headers={"authorization": f"Bearer {key}"})
    assert reply.status == 200
    [record] = await lab.records()
    assert (record["bot"], record["tenant"]) == ("web", "acme")
    assert key not in lab.model.sent + json.dumps(record)


async def test_a_revoked_key_stops_at_once(lab: Any) -> None:
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    await asyncio.to_thread(lab.stores.keys.add, "other")
    [row, _] = await asyncio.to_thread(lab.stores.keys.entries)
    await asyncio.to_thread(lab.stores.keys.remove, row.id)
    reply = await lab.ask("returns: x", headers={"authorization": f"Bearer {key}"})
    assert reply.status == 401


@pytest.mark.parametrize(
    ("given_locale", "kept"),
    [
        ("de", "de"),
        ("de-AT", "de-AT"),
        ("zh-Hans-CN", "zh-Hans-CN"),
        ("Anna Berg", None),
        ("", None),
    ],
)
async def test_a_locale_is_kept_only_if_it_is_one(
    lab: Any, given_locale: str, kept: str | None
) -> None:
    await lab.ask("returns: x", metadata={"locale": given_locale})
    [record] = await lab.records()
    assert record["locale"] == kept


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"x-conversation-id": "h"}, {"metadata": {"conversation_id": "m"}}, "h"),
        ({}, {"metadata": {"conversation_id": "m", "session_id": "s"}}, "m"),
        ({}, {"metadata": {"session_id": "s"}}, "s"),
        ({}, {}, "unknown"),
    ],
)
async def test_where_a_conversation_gets_its_name(
    lab: Any, headers: dict[str, str], body: dict[str, Any], expected: str
) -> None:
    await lab.ask("returns: x", headers=headers, **body)
    [record] = await lab.records()
    assert record["conversation"] == expected


async def test_the_server_span_tells_status_and_duration(labs: Any) -> None:
    lab = await labs(redactor=FakeRedactor({}, fails=True))
    await lab.ask("returns: x")
    await lab.proxy.call("POST", ROUTE, b"{")
    spans = [s for s in lab.telemetry.spans if s.kind == "server"]
    assert [s.attributes[names.HTTP_STATUS] for s in spans] == [503, 400]
    assert [s.error_type for s in spans] == ["503", None]
    durations = [a for name, _, a in lab.telemetry.measures if name == names.REQUEST_DURATION]
    assert [a[names.HTTP_STATUS] for a in durations] == [503, 400]
