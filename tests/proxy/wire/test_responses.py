import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.decision import Deliver, HandOff, Rewrite
from policies.errors import RequestError
from policies.findings import Reason
from policies.text import Redacted
from policies.turn import Answer, Sentence, Served, ToolCall, Turn
from proxy.stream.events import Call, Refusal, Text
from proxy.wire.responses import ResponseBuilder, redacted_events, usage_of, written

ECHO = {"instructions": None, "tools": [], "metadata": {}}
STARTS = ["response.created", "response.in_progress"]


def builder() -> ResponseBuilder:
    return ResponseBuilder("resp_1", "bot", 7, ECHO, store=True)


def call(name: str = "find", arguments: str = '{"a": 1}', kind: str = "function") -> Call:
    return Call(0, 0, ToolCall("call_1", name, Redacted(arguments), kind), arguments)


def play(turn: Turn, *events: Text | Call | Refusal) -> list[dict[str, Any]]:
    made = builder()
    out = [e for event in events for e in made.take(event)]
    return [*out, *made.end(turn, {"handrail": {"id": "hr_1"}}, stored=True)]


def kinds(events: Iterable[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def check_order(events: list[dict[str, Any]]) -> None:
    """Hold what clients rely on: they build the response from the events alone."""
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert kinds(events)[:2] == STARTS
    items: list[dict[str, Any]] = []
    parts: list[str] = []
    open_item = open_part = False
    for event in events[2:-1]:
        kind = event["type"].removeprefix("response.")
        if kind == "output_item.added":
            assert not open_item
            open_item, parts = True, []
            items.append(event["item"])
            assert event["output_index"] == len(items) - 1
        elif kind == "output_item.done":
            assert open_item
            assert not open_part
            open_item = False
            assert event["item"]["id"] == items[-1]["id"]
            if event["item"]["type"] == "message":
                texts = [p.get("text", p.get("refusal")) for p in event["item"]["content"]]
                assert texts == parts
            items[-1] = event["item"]
        else:
            assert open_item
            assert event["item_id"] == items[-1]["id"]
            assert event["output_index"] == len(items) - 1
            if kind == "content_part.added":
                assert not open_part
                open_part = True
                parts.append("")
            elif kind in ("output_text.delta", "refusal.delta"):
                assert open_part
                parts[-1] += event["delta"]
            elif kind in ("output_text.done", "refusal.done"):
                assert event.get("text", event.get("refusal")) == parts[-1]
            elif kind == "content_part.done":
                open_part = False
            if "content_index" in event:
                assert event["content_index"] == len(parts) - 1
    assert not open_item
    assert events[-1]["response"]["output"] == items
    assert len({item["id"] for item in items}) == len(items)


def test_a_text_in_two_pieces_is_one_part_of_one_message(make_turn: Any) -> None:
    events = play(make_turn(), Text(0, "One. "), Text(0, "Two."))
    assert kinds(events) == [
        *STARTS,
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    check_order(events)
    done = events[-1]["response"]
    assert done["status"] == "completed"
    assert done["handrail"] == {"id": "hr_1"}
    [message] = done["output"]
    assert (message["status"], message["role"]) == ("completed", "assistant")
    assert message["content"] == [
        {"type": "output_text", "text": "One. Two.", "annotations": [], "logprobs": []}
    ]
    assert "handrail" not in events[0]["response"]
    assert events[0]["response"]["status"] == "in_progress"
    assert events[0]["response"]["output"] == []


@pytest.mark.parametrize(
    ("kind", "item", "body"),
    [("function", "function_call", "arguments"), ("custom", "custom_tool_call", "input")],
)
def test_a_call_is_an_item_of_its_own(make_turn: Any, kind: str, item: str, body: str) -> None:
    events = play(make_turn(), Text(0, "One."), call(kind=kind))
    check_order(events)
    prefix = f"response.{item}_{body}"
    assert kinds(events)[-5:] == [
        "response.output_item.added",
        f"{prefix}.delta",
        f"{prefix}.done",
        "response.output_item.done",
        "response.completed",
    ]
    made = events[-1]["response"]["output"][1]
    assert (made["type"], made["call_id"], made["name"]) == (item, "call_1", "find")
    assert made[body] == events[-3][body] == '{"a": 1}'


def test_a_refusal_is_a_part_of_its_own_kind(make_turn: Any) -> None:
    events = play(make_turn(), Refusal(0, "No."))
    check_order(events)
    assert "response.refusal.delta" in kinds(events)
    assert "response.refusal.done" in kinds(events)
    [message] = events[-1]["response"]["output"]
    assert message["content"] == [{"type": "refusal", "refusal": "No."}]


def test_an_empty_answer_is_an_empty_message(make_turn: Any) -> None:
    events = play(make_turn())
    check_order(events)
    [message] = events[-1]["response"]["output"]
    assert message["content"][0]["text"] == ""


def test_an_answer_that_was_cut_is_incomplete(make_turn: Any) -> None:
    turn = make_turn(answers=(Answer(finish_reason="length"),), decision=Deliver())
    events = play(turn, Text(0, "One"))
    done = events[-1]
    assert done["type"] == "response.incomplete"
    assert done["response"]["status"] == "incomplete"
    assert done["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert done["response"]["output"][0]["status"] == "incomplete"


def test_a_stream_that_breaks_says_so() -> None:
    made = builder()
    events = [*made.take(Text(0, "One. ")), *made.fail(RequestError("It broke."))]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    failed = events[-1]
    assert failed["type"] == "response.failed"
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"] == {"code": "server_error", "message": "It broke."}
    assert kinds(builder().fail(RequestError("x"))) == [*STARTS, "response.failed"]


SPOKEN = st.one_of(
    st.text(max_size=4).map(lambda t: Text(0, t)),
    st.text(max_size=4).map(lambda t: Refusal(0, t)),
    st.sampled_from(["function", "custom"]).map(lambda kind: call(kind=kind)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoken=st.lists(SPOKEN, max_size=8))
def test_whatever_leaves_the_order_holds(make_turn: Any, spoken: list[Any]) -> None:
    events = play(make_turn(), *spoken)
    check_order(events)
    said = "".join(e.text for e in spoken if isinstance(e, Text))
    assert "".join(e["delta"] for e in events if e["type"].endswith("output_text.delta")) == said


def test_events_are_written_with_their_names(make_turn: Any) -> None:
    events = play(make_turn(), Text(0, "Zürich\n\nB"))
    blocks = written(iter(events)).decode().split("\n\n")
    assert blocks.pop() == ""
    for block, event in zip(blocks, events, strict=True):
        name, _, data = block.partition("\n")
        assert name == f"event: {event['type']}"
        assert json.loads(data.removeprefix("data: "))["type"] == event["type"]


def test_usage_is_counted_under_the_other_names() -> None:
    usage = {
        "prompt_tokens": 11,
        "completion_tokens": 7,
        "total_tokens": 18,
        "prompt_tokens_details": {"cached_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 3},
    }
    assert usage_of(usage) == {
        "input_tokens": 11,
        "input_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 18,
    }
    assert usage_of({})["total_tokens"] == 0
    assert usage_of({"prompt_tokens": 2, "completion_tokens": 3})["total_tokens"] == 5
    assert usage_of({"prompt_tokens": "x", "prompt_tokens_details": 3})["input_tokens"] == 0


def answered(*released: bool, refusal: str = "") -> Answer:
    said = tuple(Sentence(Redacted(f"S{n}. "), 4 * n, released=r) for n, r in enumerate(released))
    return Answer(sentences=said, refusal=Redacted(refusal), tool_calls=(call().call,))


def test_what_is_kept_of_an_answer_is_what_left(make_turn: Any) -> None:
    turn = make_turn(answers=(answered(True, True, refusal="No."),), decision=Deliver())
    assert redacted_events(turn) == [Text(0, "S0. S1. "), Refusal(0, "No."), call()]
    turn = make_turn(
        answers=(answered(True, False),),
        decision=Rewrite(Reason.NOT_IN_KB, frozenset({(0, 1)})),
    )
    assert redacted_events(turn) == [Text(0, "S0. "), call()]


def test_what_is_kept_of_an_escalation_is_the_notice(make_turn: Any) -> None:
    decision = HandOff(Reason.NOT_IN_KB)
    notice = Redacted("A colleague takes over.")
    turn = make_turn(answers=(answered(True, False),), decision=decision, notice=notice)
    assert redacted_events(turn) == [Text(0, "S0. "), Text(0, "\n\nA colleague takes over.")]
    turn = turn.but(served=Served(), structured=True, answers=())
    assert redacted_events(turn) == [Refusal(0, "A colleague takes over.")]
