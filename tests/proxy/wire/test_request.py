import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import RequestError
from policies.messages import Role
from proxy.wire.request import (
    MAX_DEPTH,
    Extras,
    Received,
    check_messages,
    conversation_of,
    parse_body,
    take_extras,
)

HELLO = [{"role": "user", "content": "Hello"}]
BODY = {"model": "bot", "messages": HELLO}
PLANTED = "jane.doe@example.com"


def refused(data: bytes | dict[str, Any]) -> RequestError:
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    with pytest.raises(RequestError) as raised:
        parse_body(data)
    error = raised.value
    assert (error.status, error.kind) == (400, "invalid_request_error")
    return error


def parsed(**changes: Any) -> dict[str, Any]:
    return parse_body(json.dumps({**BODY, **changes}).encode())


def test_every_field_is_kept_known_or_not() -> None:
    body = {**BODY, "temperature": 0.1, "invented_in_2031": {"a": [1, None]}, "store": False}
    assert parse_body(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The request body is empty; send a JSON object."),
        (b" \n", "The request body is empty; send a JSON object."),
        (b"[]", "The request body must be a JSON object."),
        (b'"text"', "The request body must be a JSON object."),
        (b"null", "The request body must be a JSON object."),
        (b"{", "is not valid JSON (line 1, column 2): check quotes"),
        (b'{"model": "a",}', "is not valid JSON (line 1"),
        (b'{\n"model": NaN}', "is not valid JSON (line 2"),
        (b'{"model": "\xff"}', "byte 11 is not valid UTF-8."),
        (b'{"model": "\xed\xa0\x80"}', "byte 11 is not valid UTF-8."),
        (b'{"model": "\\ud800"}', "check quotes, commas, brackets and escapes there."),
        (b'{"model": "a\x00b"}', "is not valid JSON"),
        (b"[" * 100_000, "nested deeper than 64 levels"),
        (b'{"a":' * 100_000, "nested deeper than 64 levels"),
        (b"\xef\xbb\xbf{}", "is not valid JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes, message: str) -> None:
    assert message in refused(data).message


def nested(levels: int) -> bytes:
    """A body in which lists and objects are nested in so many levels."""
    inner = b"[" * (levels - 1) + b"]" * (levels - 1)
    return b'{"model":"bot","messages":[{"role":"user","content":"x"}],"extra":' + inner + b"}"


def test_depth_ends_at_its_limit() -> None:
    assert "extra" in parse_body(nested(MAX_DEPTH))
    assert "nested deeper than 64 levels" in refused(nested(MAX_DEPTH + 1)).message


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"messages": [{"role": "user", "content": "a\0b"}]}, "messages[0].content"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "\0"}]}]},
            "messages[0].content[0].text",
        ),
        ({"metadata": {"conversation_id": "a\0"}}, "metadata.conversation_id"),
        ({"metadata": {"a\0b": "c"}}, "metadata"),
        ({"a\0b": "c"}, "The request body"),
        ({"x" * 5000: "\0"}, "x" * 100),
    ],
)
def test_null_characters_are_refused_wherever_they_are(changes: dict[str, Any], param: str) -> None:
    error = refused({**BODY, **changes})
    assert error.param == param
    assert "null character" in error.message


def test_an_escaped_backslash_is_no_null_character() -> None:
    assert parsed(user="\\u0000")["user"] == "\\u0000"


def test_the_last_of_equal_keys_counts_for_all() -> None:
    data = b'{"model":"a","model":"bot","messages":[],"messages":[{"role":"user","content":"x"}]}'
    assert parse_body(data)["model"] == "bot"


def test_huge_numbers_break_nothing() -> None:
    data = json.dumps({**BODY, "seed": 0}).replace('"seed": 0', '"seed": ' + "9" * 300).encode()
    assert parse_body(data)["seed"] > 1e200
    assert "not valid JSON" in refused(data.replace(b"9" * 300, b"9" * 400)).message


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        (None, "messages"),
        ([], "messages"),
        ({}, "messages"),
        ("Hello", "messages"),
        (["Hello"], "messages[0]"),
        ([None], "messages[0]"),
        ([*HELLO, 3], "messages[1]"),
        ([{}], "messages[0].role"),
        ([{"role": "bot"}], "messages[0].role"),
        ([{"role": None}], "messages[0].role"),
        ([{"role": []}], "messages[0].role"),
        ([{"role": {}}], "messages[0].role"),
        ([{"role": "User", "content": "x"}], "messages[0].role"),
        ([{"role": "user", "content": 3}], "messages[0].content"),
        ([{"role": "user", "content": {"text": "x"}}], "messages[0].content"),
        ([{"role": "user", "content": True}], "messages[0].content"),
        ([{"role": "assistant", "tool_calls": 3}], "messages[0].tool_calls"),
        ([{"role": "assistant", "tool_calls": {"id": "x"}}], "messages[0].tool_calls"),
    ],
)
def test_messages_have_a_shape(messages: Any, param: str) -> None:
    assert refused({"model": "bot", "messages": messages}).param == param
    assert refused({"messages": messages}).param == param


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool", "function"])
@pytest.mark.parametrize("content", [None, "", "x", [], [{"type": "text", "text": "x"}], ["x", 3]])
def test_every_usual_message_is_taken(role: str, content: Any) -> None:
    message = {"role": role, "content": content, "tool_calls": None}
    assert parsed(messages=[message])["messages"] == [message]


@pytest.mark.parametrize("model", [None, "", 3, [], {}])
def test_a_model_is_named(model: Any) -> None:
    assert refused({**BODY, "model": model}).param == "model"
    assert refused({"messages": HELLO}).param == "model"


@pytest.mark.parametrize("n", [0, -1, 9, 1.0, 1.5, True, False, "1", [], 10**30])
def test_n_is_a_small_whole_number(n: Any) -> None:
    assert refused({**BODY, "n": n}).param == "n"


@pytest.mark.parametrize("n", [None, 1, 8])
def test_n_may_be_left_open(n: int | None) -> None:
    assert parsed(n=n)["n"] == n


@pytest.mark.parametrize("stream", ["true", 1, 0, [], {}])
def test_stream_is_a_switch(stream: Any) -> None:
    assert refused({**BODY, "stream": stream}).param == "stream"


@pytest.mark.parametrize("stream", [True, False, None])
def test_stream_may_be_null(stream: bool | None) -> None:
    assert parsed(stream=stream)["stream"] is stream


@pytest.mark.parametrize("key", ["metadata", "handrail", "stream_options", "response_format"])
def test_some_fields_are_objects_or_null(key: str) -> None:
    for value in ("x", 1, True, []):
        assert refused({**BODY, key: value}).param == key
    assert parsed(**{key: None})[key] is None
    assert parsed(**{key: {}})[key] == {}


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "text", "tool_calls", "function"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
fields = st.sampled_from(["messages", "model", "n", "stream", "metadata", "handrail", "x"])
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "tool", "function"])},
        optional={"content": any_json, "tool_calls": any_json, "function_call": any_json},
    ),
    max_size=3,
)


@given(st.binary(max_size=60) | st.dictionaries(fields, any_json).map(json.dumps))
def test_nothing_but_a_request_error_is_raised(data: bytes | str) -> None:
    with suppress(RequestError):
        body = parse_body(data.encode() if isinstance(data, str) else data)
        assert body["model"]
        assert body["messages"]


@given(messages, st.dictionaries(st.sampled_from(["metadata", "handrail", "n"]), any_json))
def test_what_was_accepted_can_be_read(found: list[Any], more: dict[str, Any]) -> None:
    try:
        body = parse_body(json.dumps({"model": "bot", "messages": found, **more}).encode())
        received, _ = take_extras(body, None)
    except RequestError:
        return
    conversation_of(received.body)


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "messages": [{"role": PLANTED, "content": PLANTED}]},
        {**BODY, "messages": [{"role": "user", "content": {PLANTED: PLANTED}}]},
        {**BODY, "n": PLANTED},
        {**BODY, "model": [PLANTED]},
        {**BODY, "metadata": PLANTED},
        {**BODY, "user": f"{PLANTED}\0"},
    ],
)
def test_errors_never_quote_what_was_sent(body: dict[str, Any]) -> None:
    assert PLANTED not in refused(body).message
    data = json.dumps(body).encode()
    assert PLANTED not in refused(data[:-1]).message


def extras(**changes: Any) -> tuple[Received, Extras]:
    return take_extras({**BODY, **changes}, None)


def test_without_extras_nothing_is_assumed() -> None:
    received, extra = extras()
    assert received == Received(BODY, [], None, None, None)
    assert extra == Extras(None, {}, shadow=False)
    assert extras(handrail=None, metadata=None)[1] == extra


def test_extras_are_read_and_taken_out_of_the_body() -> None:
    own = {
        "context": [{"id": "a", "text": "Free."}, "plain"],
        "account": {"plan": "gold"},
        "scope": {"market": "SE"},
        "mode": "shadow",
    }
    metadata = {"conversation_id": "c-1", "customer_ref": "u-1", "locale": "sv-SE", "other": "x"}
    received, extra = extras(handrail=own, metadata=metadata)
    assert received.body == {**BODY, "metadata": metadata}
    assert (received.context, received.account) == (own["context"], own["account"])
    assert (received.conversation_id, received.customer_ref) == ("c-1", "u-1")
    assert extra == Extras("sv-SE", {"market": "SE"}, shadow=True)


@pytest.mark.parametrize(
    ("own", "param"),
    [
        ({"cotext": []}, "handrail.cotext"),
        ({PLANTED * 50: 1}, f"handrail.{(PLANTED * 50)[:100]}"),
        ({"context": "text"}, "handrail.context"),
        ({"context": {"a": 1}}, "handrail.context"),
        ({"scope": ["SE"]}, "handrail.scope"),
        ({"scope": {"market": 1}}, "handrail.scope"),
        ({"scope": {"market": None}}, "handrail.scope"),
        ({"mode": "off"}, "handrail.mode"),
        ({"mode": []}, "handrail.mode"),
        ({"mode": True}, "handrail.mode"),
    ],
)
def test_extras_have_a_shape(own: dict[str, Any], param: str) -> None:
    with pytest.raises(RequestError) as raised:
        extras(handrail=own)
    assert raised.value.param == param


@pytest.mark.parametrize(("mode", "shadow"), [(None, False), ("enforce", False), ("shadow", True)])
def test_only_the_word_shadow_asks_for_it(mode: str | None, shadow: bool) -> None:
    assert extras(handrail={"mode": mode})[1].shadow is shadow


def test_the_conversation_is_named_by_the_first_that_says_so() -> None:
    metadata = {"conversation_id": "b", "session_id": "c"}
    body = {**BODY, "metadata": metadata, "prompt_cache_key": "d"}
    assert take_extras(body, "a")[0].conversation_id == "a"
    assert take_extras(body, "")[0].conversation_id == "b"
    body["metadata"] = {"conversation_id": "", "session_id": "c"}
    assert take_extras(body, None)[0].conversation_id == "c"
    body["metadata"] = {"conversation_id": 3}
    # A cache key is shared by many customers: it names no conversation.
    assert take_extras(body, None)[0].conversation_id is None


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de", "de"),
        ("pt-BR", "pt-BR"),
        ("de_DE.UTF-8", "de_DE.UTF-8"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("", None),
        (3, None),
        (PLANTED, None),
        ("Jane Doe", None),
        ("de\n", None),
        ("a-" * 200 + "b", None),
    ],
)
def test_a_locale_is_a_language_tag_or_none(locale: Any, expected: str | None) -> None:
    assert extras(metadata={"locale": locale})[1].locale == expected


def test_the_conversation_is_read_role_by_role() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": '{"id":1}'}}
    custom = {"id": "2", "type": "custom", "custom": {"name": "run", "input": "x = 1"}}
    found = conversation_of(
        {
            "messages": [
                {"role": "system", "content": "You help."},
                {"role": "developer", "content": ""},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "one"},
                        {"type": "image_url", "image_url": {"url": "data:"}},
                        "two",
                        None,
                    ],
                },
                {"role": "assistant", "content": None, "tool_calls": [call, custom, None, {}]},
                {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
                {"role": "assistant", "function_call": {"name": "old", "arguments": "{}"}},
                {"role": "tool", "tool_call_id": "1", "content": "found"},
                {"role": "function", "name": "old", "content": "done"},
                {"role": "user", "content": None},
            ]
        }
    )
    assert [(m.role, m.text, m.tool_call) for m in found] == [
        (Role.SYSTEM, "You help.", False),
        (Role.USER, "one\ntwo", False),
        (Role.ASSISTANT, 'find {"id":1}', True),
        (Role.ASSISTANT, "run x = 1", True),
        (Role.ASSISTANT, "No.", False),
        (Role.ASSISTANT, "old {}", True),
        (Role.TOOL, "found", False),
        (Role.TOOL, "done", False),
        (Role.USER, "", False),
    ]


def test_messages_can_be_checked_alone() -> None:
    check_messages(HELLO)
    with pytest.raises(RequestError):
        check_messages([{"role": "user", "content": 1}])
