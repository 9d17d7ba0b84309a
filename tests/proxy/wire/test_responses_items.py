from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import RequestError
from proxy.wire.request import check_messages
from proxy.wire.responses_items import messages_of


def text(value: str, kind: str = "input_text") -> dict[str, Any]:
    return {"type": kind, "text": value}


def call(name: str, call_id: str = "c1") -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": "{}"}


def chat_call(name: str, call_id: str = "c1") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": "{}"}}


def test_a_string_is_the_customer_s() -> None:
    assert messages_of("hello") == [{"role": "user", "content": "hello"}]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"role": "user", "content": "a"}, {"role": "user", "content": "a"}),
        (
            {"type": "message", "id": "m", "status": "completed", "role": "system", "content": "a"},
            {"role": "system", "content": "a"},
        ),
        ({"role": "developer", "content": [text("a")]}, {"role": "developer", "content": "a"}),
        (
            {"role": "user", "content": [text("a"), text("b")]},
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            },
        ),
        (
            {"role": "assistant", "content": [text("a", "output_text") | {"annotations": [{}]}]},
            {"role": "assistant", "content": "a"},
        ),
        (
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
            {"role": "assistant", "content": "no"},
        ),
        (
            {"type": "function_call_output", "call_id": "c1", "output": "42"},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ),
        (
            {"type": "custom_tool_call_output", "call_id": "c1", "output": [text("42")]},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ),
        (
            {
                "role": "user",
                "content": [{"type": "input_image", "image_url": "u", "detail": "low"}],
            },
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "u", "detail": "low"}}],
            },
        ),
        (
            {
                "role": "user",
                "content": [{"type": "input_file", "file_data": "d", "filename": "f"}],
            },
            {
                "role": "user",
                "content": [{"type": "file", "file": {"file_data": "d", "filename": "f"}}],
            },
        ),
        (
            {"type": "custom_tool_call", "call_id": "c1", "name": "run", "input": "x"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "custom", "custom": {"name": "run", "input": "x"}}
                ],
            },
        ),
    ],
)
def test_each_item_becomes_one_message(item: dict[str, Any], message: dict[str, Any]) -> None:
    assert messages_of([item]) == [message]


def test_calls_of_one_turn_stay_together_and_results_follow() -> None:
    output = {"type": "function_call_output", "call_id": "c1", "output": "ok"}
    said = {"role": "assistant", "content": "One moment."}
    found = messages_of([said, call("a"), call("b", "c2"), output, call("c", "c3")])
    assert found == [
        {**said, "tool_calls": [chat_call("a"), chat_call("b", "c2")]},
        {"role": "tool", "tool_call_id": "c1", "content": "ok"},
        {"role": "assistant", "content": None, "tool_calls": [chat_call("c", "c3")]},
    ]


@pytest.mark.parametrize(
    ("value", "param"),
    [
        (None, "input"),
        ([], "input"),
        (7, "input"),
        ({"role": "user"}, "input"),
        (["secret"], "input[0]"),
        ([{"role": "secret", "content": "a"}], "input[0].role"),
        ([{"content": "a"}], "input[0].role"),
        ([{"role": "user"}], "input[0].content"),
        ([{"role": "user", "content": 7}], "input[0].content"),
        ([{"role": "user", "content": ["secret"]}], "input[0].content[0]"),
        ([{"role": "user", "content": [{"type": "input_text"}]}], "input[0].content[0].text"),
        ([{"role": "user", "content": [text("secret", "output_text")]}], "input[0].content[0]"),
        ([{"role": "user", "content": [text("secret", "secret X")]}], "input[0].content[0]"),
        ([{**call("a"), "arguments": {"secret": 1}}], "input[0].arguments"),
        ([{**call("a"), "call_id": None}], "input[0].call_id"),
        ([{"type": "function_call_output", "call_id": "c"}], "input[0].output"),
        (
            [{"role": "user", "content": [{"type": "input_image", "file_id": "secret"}]}],
            "input[0].content[0].file_id",
        ),
        (
            [{"role": "user", "content": [{"type": "input_file", "file_url": "secret"}]}],
            "input[0].content[0].file_url",
        ),
        ([{"type": "item_reference", "id": "secret"}], "input[0]"),
        ([{"type": "reasoning", "summary": ["secret"]}], "input[0]"),
        ([{"type": "web_search_call", "id": "secret"}], "input[0]"),
        ([{"type": "mcp_call", "output": "secret"}], "input[0]"),
        ([{"type": ["secret"], "role": "user", "content": "a"}], "input[0]"),
    ],
)
def test_what_has_no_place_in_a_chat_is_refused_by_place(value: Any, param: str) -> None:
    with pytest.raises(RequestError) as caught:
        messages_of(value)
    assert (caught.value.status, caught.value.param) == (400, param)
    assert "secret" not in caught.value.message


LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
KEYS = st.sampled_from(
    ["type", "role", "content", "text", "call_id", "name", "arguments", "output", "image_url"]
)
WORDS = st.sampled_from(
    ["message", "function_call", "function_call_output", "user", "assistant", "input_text", "tool"]
)
ANY = st.recursive(
    LEAF | WORDS, lambda x: st.lists(x, max_size=3) | st.dictionaries(KEYS, x, max_size=5)
)


@given(value=ANY | st.lists(st.dictionaries(KEYS, ANY, max_size=6), max_size=4))
def test_whatever_arrives_is_refused_or_is_a_valid_chat(value: Any) -> None:
    messages: list[dict[str, Any]] = []
    with suppress(RequestError):  # and nothing else
        messages = messages_of(value)
    if messages:
        check_messages(messages)
    assert {m["role"] for m in messages} <= {"user", "assistant", "system", "developer", "tool"}
