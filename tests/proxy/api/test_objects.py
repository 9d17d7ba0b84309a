from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from policies.errors import RequestError
from proxy.api.objects import (
    MAX_AGENT,
    agent_of,
    flag_of,
    name_of,
    number_of,
    one_of,
    read_object,
    text_of,
    whole_of,
)


def request(body: bytes = b"", **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


@pytest.mark.parametrize(("body", "expected"), [(b"", {}), (b" ", {}), (b'{"a": 1}', {"a": 1})])
async def test_a_body_may_be_left_out(body: bytes, expected: dict[str, Any]) -> None:
    assert await read_object(request(body), ("a",), 100) == expected


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"{", "valid JSON"), (b"[]", "JSON object"), (b'{"b": 1}', "b is unknown; known: a")],
)
async def test_a_body_that_is_none_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        await read_object(request(body), ("a",), 100)


def test_the_header_says_who_then_the_body_then_it_is_the_operator() -> None:
    assert agent_of(request(x_handrail_agent="kim"), {"agent": "bo"}) == "kim"
    assert agent_of(request(), {"agent": " bo "}) == "bo"
    assert agent_of(request(), {}) == "admin"


@given(st.text() | st.integers() | st.none())
def test_a_name_is_short_and_printable_or_refused(value: object) -> None:
    try:
        name = name_of(value, "agent")
    except RequestError as refused:
        assert refused.param == "agent"  # noqa: PT017 - many values are names
        return
    assert name.isprintable()
    assert 0 < len(name) <= MAX_AGENT


@pytest.mark.parametrize("value", [3, "", "  ", "x" * 11, ["a"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(RequestError) as refused:
        text_of({"text": value}, "text", 10)
    assert refused.value.param == "text"
    assert text_of({}, "text", 10) is None
    assert text_of({"text": " a "}, "text", 10) == "a"


@pytest.mark.parametrize("value", [True, "3", -1, 11, float("nan")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(RequestError):
        number_of({"n": value}, "n", 10)
    assert number_of({"n": 3}, "n", 10) == 3.0
    assert number_of({}, "n", 10) is None


def test_flags_words_and_whole_numbers() -> None:
    assert flag_of({}, "yes", default=True)
    assert not flag_of({"yes": False}, "yes", default=True)
    assert one_of("a", "word", ("a", "b")) == "a"
    assert one_of(None, "word", ("a", "b")) is None
    assert whole_of("7", "n", 10) == 7
    for wrong in ("yes", 1):
        with pytest.raises(RequestError):
            flag_of({"yes": wrong}, "yes", default=True)
    with pytest.raises(RequestError, match="a, b"):
        one_of("c", "word", ("a", "b"))


@pytest.mark.parametrize("text", ["", "x", "-1", "11", "1.5", "٣", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        whole_of(text, "n", 10)
