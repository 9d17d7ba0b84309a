import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from policies.decision import Deliver, HandOff, Refuse
from policies.errors import RequestError
from policies.findings import Reason
from policies.text import Redacted
from policies.turn import Answer, Served, ToolCall
from proxy.stream.events import Call, Refusal, Text
from proxy.wire.chat import ChatCollector, ChatStream, error_body, error_event

RESULT = {"handrail": {"version": "1", "id": "hr_1", "action": "pass", "verdict": "grounded"}}
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
WEATHER = ToolCall("call_1", "weather", Redacted('{"city":"[LOCATION_k7q2]"}'))
LEGACY = ToolCall("", "weather", Redacted("{}"), legacy=True)
CUSTOM = ToolCall("call_2", "run", Redacted("x = 1"), kind="custom")


def answered(make: Any, *reasons: str, **changes: Any) -> Any:
    answers = tuple(Answer(n, finish_reason=reason) for n, reason in enumerate(reasons))
    return make.turn(answers=answers, choices=len(reasons), decision=Deliver(), **changes)


def streamed(
    turn: Any, *events: Any, include_usage: bool = False, extra: Any = RESULT
) -> list[dict[str, Any]]:
    """Encode events as a client reads them; everything is checked that holds for all chunks."""
    encoder = ChatStream("hr_1", "bot", 1, include_usage)
    data = b"".join(map(encoder.encode, events)) + encoder.close(turn, extra)
    *items, done, nothing = data.decode().split("\n\n")
    assert (done, nothing) == ("data: [DONE]", "")
    assert all(item.startswith("data: {") for item in items)
    chunks = [json.loads(item.removeprefix("data: ")) for item in items]
    head = {"id": "chatcmpl-hr_1", "object": "chat.completion.chunk", "created": 1, "model": "bot"}
    for chunk in chunks:
        if '"custom"' not in json.dumps(chunk):  # not in the SDK's types, but in its streams
            ChatCompletionChunk.model_validate(chunk)
        assert {key: chunk[key] for key in head} == head
        assert all(
            set(c) == {"index", "delta", "logprobs", "finish_reason"} for c in chunk["choices"]
        )
    return chunks


def joined(chunks: list[dict[str, Any]], choice: int) -> dict[str, Any]:
    """Put a choice together as the SDKs do."""
    message: dict[str, Any] = {"content": "", "refusal": "", "tool_calls": [], "reasons": []}
    for item in (c for chunk in chunks for c in chunk["choices"] if c["index"] == choice):
        delta = item["delta"]
        message["content"] += delta.get("content") or ""
        message["refusal"] += delta.get("refusal") or ""
        message["tool_calls"] += delta.get("tool_calls", [])
        if "function_call" in delta:
            message["function_call"] = delta["function_call"]
        if item["finish_reason"] is not None:
            message["reasons"].append(item["finish_reason"])
    return message


def test_a_stream_begins_with_the_role_and_ends_with_the_reason(make: Any) -> None:
    chunks = streamed(answered(make, "stop"), Text(0, "Hello "), Text(0, "there."))
    choices = [chunk["choices"][0] for chunk in chunks]
    assert [c["delta"] for c in choices] == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "Hello "},
        {"content": "there."},
        {},
    ]
    assert [c["finish_reason"] for c in choices] == [None, None, None, "stop"]


def test_an_empty_answer_is_still_a_whole_stream(make: Any) -> None:
    chunks = streamed(answered(make, "stop"))
    assert [chunk["choices"][0]["delta"].get("role") for chunk in chunks] == ["assistant", None]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_the_result_is_on_the_last_finish_chunk_alone(make: Any) -> None:
    chunks = streamed(
        answered(make, "stop", "length"), Text(1, "b"), Text(0, "a"), include_usage=True
    )
    with_result = [n for n, chunk in enumerate(chunks) if "handrail" in chunk]
    assert with_result == [len(chunks) - 2]
    assert chunks[-2]["choices"][0] == {
        "index": 1,
        "delta": {},
        "logprobs": None,
        "finish_reason": "length",
    }
    assert chunks[-2]["handrail"] == RESULT["handrail"]
    plain = streamed(answered(make, "stop"), Text(0, "a"), extra={})
    assert not any("handrail" in chunk for chunk in plain)


def test_usage_is_told_only_where_it_was_asked_for(make: Any) -> None:
    turn = answered(make, "stop", served=Served(usage=USAGE))
    assert not any("usage" in chunk for chunk in streamed(turn, Text(0, "a")))
    *chunks, last = streamed(turn, Text(0, "a"), include_usage=True)
    assert all(chunk["usage"] is None and chunk["choices"] for chunk in chunks)
    assert (last["choices"], last["usage"]) == ([], USAGE)


def test_an_answer_without_a_model_used_nothing(make: Any) -> None:
    nothing = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert streamed(answered(make, "stop"), include_usage=True)[-1]["usage"] == nothing
    whole = ChatCollector().completion(answered(make, "stop"), "bot", 1, {})
    assert whole["usage"] == nothing


def test_tool_calls_come_whole_each_with_its_index(make: Any) -> None:
    restored = '{"city":"Lund"}'
    chunks = streamed(
        answered(make, "tool_calls"), Call(0, 0, WEATHER, restored), Call(0, 1, CUSTOM, "x = 1")
    )
    assert joined(chunks, 0)["tool_calls"] == [
        {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": "weather", "arguments": restored},
        },
        {
            "index": 1,
            "id": "call_2",
            "type": "custom",
            "custom": {"name": "run", "input": "x = 1"},
        },
    ]
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_the_old_shape_of_a_call_stays_the_old_one(make: Any) -> None:
    turn, call = answered(make, "function_call"), Call(0, 0, LEGACY, "{}")
    expected = {"name": "weather", "arguments": "{}"}
    message = joined(streamed(turn, call), 0)
    assert (message["function_call"], message["tool_calls"]) == (expected, [])
    collector = ChatCollector()
    collector.add(call)
    whole = collector.completion(turn, "bot", 1, {})["choices"][0]
    assert whole["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "function_call": expected,
    }
    assert whole["finish_reason"] == "function_call"


def test_a_refusal_is_no_content(make: Any) -> None:
    turn = answered(make, "stop")
    message = joined(streamed(turn, Refusal(0, "No, "), Refusal(0, "sorry.")), 0)
    assert (message["content"], message["refusal"]) == ("", "No, sorry.")
    collector = ChatCollector()
    collector.add(Refusal(0, "No, "))
    collector.add(Refusal(0, "sorry."))
    whole = collector.completion(turn, "bot", 1, RESULT)["choices"][0]["message"]
    assert whole == {"role": "assistant", "content": None, "refusal": "No, sorry."}


@pytest.mark.parametrize("decision", [HandOff(Reason.NOT_IN_KB), Refuse(Reason.PROMPT_ATTACK)])
@pytest.mark.parametrize("reason", ["length", "tool_calls", "content_filter", None])
def test_what_was_withheld_ends_with_stop(make: Any, decision: Any, reason: Any) -> None:
    turn = make.turn(answers=(Answer(0, finish_reason=reason),), decision=decision)
    assert joined(streamed(turn, Text(0, "A person answers.")), 0)["reasons"] == ["stop"]


def test_a_decision_before_any_answer_fills_all_choices(make: Any) -> None:
    turn = make.turn(choices=2, decision=HandOff(Reason.IMMEDIATE_INTENT))
    chunks = streamed(turn, Text(0, "Now."), Text(1, "Now."))
    assert [joined(chunks, n)["content"] for n in (0, 1)] == ["Now.", "Now."]
    assert [joined(chunks, n)["reasons"] for n in (0, 1)] == [["stop"], ["stop"]]


def test_a_completion_is_complete(make: Any) -> None:
    collector = ChatCollector()
    for event in (Text(1, "b"), Text(0, "Hel"), Call(1, 0, WEATHER, "{}"), Text(0, "lo.")):
        collector.add(event)
    turn = answered(make, "stop", "tool_calls", served=Served(usage=USAGE))
    whole = collector.completion(turn, "bot", 1, RESULT)
    ChatCompletion.model_validate(whole)
    assert whole == {
        "id": "chatcmpl-hr_1",
        "object": "chat.completion",
        "created": 1,
        "model": "bot",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello.", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            },
            {
                "index": 1,
                "message": {
                    "role": "assistant",
                    "content": "b",
                    "refusal": None,
                    "tool_calls": [
                        {
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "weather", "arguments": "{}"},
                        }
                    ],
                },
                "logprobs": None,
                "finish_reason": "tool_calls",
            },
        ],
        "usage": USAGE,
        **RESULT,
    }


def test_an_empty_completion_has_empty_content(make: Any) -> None:
    (choice,) = ChatCollector().completion(answered(make, "stop"), "bot", 1, {})["choices"]
    assert choice["message"] == {"role": "assistant", "content": "", "refusal": None}


places = st.integers(0, 2)
words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6)
events = st.lists(
    st.builds(Text, places, words)
    | st.builds(Refusal, places, words)
    | st.builds(Call, places, st.just(0), st.sampled_from([WEATHER, CUSTOM]), words),
    max_size=12,
)


@given(events, st.booleans())
@settings(deadline=None)
def test_stream_and_completion_say_the_same(make: Any, found: list[Any], usage: bool) -> None:
    turn = answered(make, "stop", "stop", "length")
    chunks = streamed(turn, *found, include_usage=usage)
    collector = ChatCollector()
    for event in found:
        collector.add(event)
    whole = collector.completion(turn, "bot", 1, RESULT)
    ChatCompletion.model_validate(whole)
    for n, choice in enumerate(whole["choices"]):
        message, stream = choice["message"], joined(chunks, n)
        assert stream["content"] == (message["content"] or "")
        assert stream["refusal"] == (message["refusal"] or "")
        calls = [{k: v for k, v in c.items() if k != "index"} for c in stream["tool_calls"]]
        assert calls == message.get("tool_calls", [])
        assert stream["reasons"] == [choice["finish_reason"]]
        roles = [
            c["delta"].get("role") for chunk in chunks for c in chunk["choices"] if c["index"] == n
        ]
        assert roles[0] == "assistant"
        assert not any(roles[1:])
        ends = [c["finish_reason"] for ch in chunks for c in ch["choices"] if c["index"] == n]
        assert ends[-1] is not None


def test_errors_have_all_four_keys() -> None:
    plain = RequestError("Too large.")
    envelope = {"message": "Too large.", "type": "invalid_request_error"}
    assert json.loads(error_body(plain)) == {"error": {**envelope, "param": None, "code": None}}
    full = RequestError("No.", status=429, kind="rate_limit", param="n", code="slow_down")
    expected = {"message": "No.", "type": "rate_limit", "param": "n", "code": "slow_down"}
    assert json.loads(error_body(full)) == {"error": expected}


def test_an_error_in_a_stream_is_plain_data() -> None:
    event = error_event(RequestError("No."))
    assert event.startswith(b'data: {"error":{')
    assert event.endswith(b"}}\n\n")
    assert b"event:" not in event
