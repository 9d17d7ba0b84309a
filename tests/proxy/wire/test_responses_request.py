from typing import Any

import pytest

from policies.errors import RequestError
from proxy.wire.responses_request import kept_echo, read_request

TOOL = {"type": "function", "name": "find"}


def body(**changes: Any) -> dict[str, Any]:
    return {"model": "bot", "input": "hi", **changes}


def test_the_plainest_request() -> None:
    asked = read_request(body())
    assert asked.chat() == {"model": "bot", "messages": [{"role": "user", "content": "hi"}]}
    assert (asked.store, asked.previous, asked.instructions) == (True, None, None)


def test_instructions_come_first_then_what_was_said_before() -> None:
    said = {"role": "assistant", "content": "before"}
    messages = read_request(body(instructions="be kind")).chat([said])["messages"]
    assert [m["content"] for m in messages] == ["be kind", "before", "hi"]
    assert messages[0]["role"] == "system"


def test_settings_are_called_as_a_chat_completion_calls_them() -> None:
    asked = read_request(
        body(
            stream=True,
            temperature=0.5,
            top_p=0.9,
            max_output_tokens=50,
            metadata={"a": "b"},
            user="u",
            safety_identifier="s",
            prompt_cache_key="k",
            service_tier="auto",
            reasoning={"effort": "low", "summary": None},
            text={"format": {"type": "json_object"}},
            tools=[TOOL],
            tool_choice="required",
            parallel_tool_calls=False,
            store=False,
            stream_options={"include_obfuscation": False},
            truncation="disabled",
            background=False,
            include=[],
            handrail={"mode": "shadow"},
        )
    )
    assert asked.fields == {
        "model": "bot",
        "stream": True,
        "temperature": 0.5,
        "top_p": 0.9,
        "max_completion_tokens": 50,
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "service_tier": "auto",
        "reasoning_effort": "low",
        "response_format": {"type": "json_object"},
        "tools": [{"type": "function", "function": {"name": "find"}}],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "handrail": {"mode": "shadow"},
    }
    assert asked.store is False


def test_without_tools_nothing_is_said_about_them() -> None:
    fields = read_request(body(tool_choice="auto", parallel_tool_calls=True, tools=[])).fields
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(fields)


REFUSED = {
    "background": True,
    "conversation": "conv_1",
    "prompt": {"id": "pmpt_1"},
    "include": ["reasoning.encrypted_content"],
    "context_management": [{"type": "compaction"}],
    "moderation": {"model": "m"},
    "max_tool_calls": 3,
    "top_logprobs": 5,
    "truncation": "auto",
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_can_t_be_checked_is_refused_by_name(key: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(body(**{key: REFUSED[key]}))
    error = caught.value
    assert (error.status, error.param, error.code) == (400, key, "unsupported_parameter")
    assert error.message.startswith(f"{key}: ")
    assert error.retry is False


@pytest.mark.parametrize("key", ["n", "messages", "web_search_options", "seed", "x" * 5000])
def test_a_field_that_is_not_known_is_not_passed_through(key: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(body(**{key: 1}))
    assert key.startswith(caught.value.param or "?")
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"input": None}, "input"),
        ({"instructions": ["secret"]}, "instructions"),
        ({"store": "secret"}, "store"),
        ({"previous_response_id": 7}, "previous_response_id"),
        ({"max_output_tokens": "secret"}, "max_output_tokens"),
        ({"max_output_tokens": True}, "max_output_tokens"),
        ({"reasoning": "secret"}, "reasoning"),
        ({"reasoning": {"effort": "low", "summary": "auto"}}, "reasoning.summary"),
        ({"stream_options": "secret"}, "stream_options"),
    ],
)
def test_values_of_another_kind_are_refused(changes: dict[str, Any], param: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(body(**changes))
    assert caught.value.param == param
    assert "secret" not in caught.value.message


def test_the_response_repeats_the_request() -> None:
    tool = {**TOOL, "strict": True}
    echo = read_request(
        body(
            instructions="i",
            temperature=0.1,
            user="u",
            tools=[tool],
            text={"verbosity": "low"},
            metadata={"a": "b"},
            previous_response_id="resp_1",
        )
    ).echo
    assert echo["tools"] == [{"strict": True, "parameters": None, **TOOL}]
    assert echo["text"] == {"verbosity": "low", "format": {"type": "text"}}
    assert echo["previous_response_id"] == "resp_1"
    wanted = {"instructions": "i", "temperature": 0.1, "user": "u", "metadata": {"a": "b"}}
    assert {key: echo[key] for key in wanted} == wanted
    plain = read_request(body()).echo
    assert "user" not in plain  # clients take a null for a mistake here
    assert (plain["tool_choice"], plain["parallel_tool_calls"]) == ("auto", True)


def test_what_is_kept_repeats_no_prompt_and_no_tools() -> None:
    echo = kept_echo({"metadata": {"a": "b"}, "tools": [TOOL], "messages": []}, "resp_1")
    assert (echo["metadata"], echo["previous_response_id"]) == ({"a": "b"}, "resp_1")
    assert (echo["tools"], echo["instructions"]) == ([], None)
