import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.wire.walk import map_request

STRUCTURE = [
    "model",
    "tools",
    "functions",
    "tool_choice",
    "response_format",
    "stop",
    "seed",
    "stream_options",
]
TEXTS = ["user", "metadata", "prediction", "safety_identifier", "prompt_cache_key", "new_in_2031"]


class Planter:
    """Draws requests in which every string is a marker, and knows which must be seen."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.texts: list[str] = []
        self.structure: list[str] = []

    def text(self) -> str:
        self.texts.append(f"<t{len(self.texts)}>")
        return f"a {self.texts[-1]} b"

    def kept(self) -> str:
        self.structure.append(f"<s{len(self.structure)}>")
        return self.structure[-1]

    def one(self, *makers: Callable[[], Any]) -> Any:
        return self.draw(st.sampled_from(makers))()

    def some(self, maker: Callable[[], Any]) -> list[Any]:
        return [maker() for _ in range(self.draw(st.integers(0, 3)))]

    def json(self, depth: int = 2) -> Any:
        """Any JSON value made of texts; keys that are no names are texts too."""
        leaves = (self.text, lambda: None, lambda: True, lambda: 7)
        if not depth:
            return self.one(*leaves)
        return self.one(
            *leaves,
            lambda: [self.json(depth - 1) for _ in range(2)],
            lambda: {"name": self.json(depth - 1), "note": self.json(depth - 1)},
            lambda: {self.text(): self.json(depth - 1)},
        )

    def json_text(self) -> str:
        return json.dumps(self.json(), ensure_ascii=False, separators=(",", ":"))

    def part(self) -> Any:
        return self.one(
            lambda: {"type": "text", "text": self.text()},
            lambda: {"type": "refusal", "refusal": self.text()},
            lambda: {"type": "image_url", "image_url": {"url": self.kept()}},
            lambda: {"type": "input_audio", "input_audio": {"data": self.kept()}},
            lambda: {
                "type": "file",
                "file": {"file_data": self.kept(), "file_id": self.kept(), "filename": self.text()},
            },
            lambda: {"type": "text", "text": {"value": self.text()}, "cache_control": self.json()},
            self.text,
            lambda: [self.text()],
            lambda: None,
        )

    def content(self) -> Any:
        return self.one(self.text, lambda: None, lambda: self.some(self.part))

    def call(self) -> Any:
        def given() -> Any:
            return self.one(self.json_text, self.json, lambda: "{" + self.text())

        head = {"id": self.kept(), "type": "function", "index": 0}
        return self.one(
            lambda: {**head, "function": {"name": self.kept(), "arguments": given()}},
            lambda: {**head, "custom": {"name": self.kept(), "input": given()}},
            lambda: {**head, "function": {"name": self.kept(), "parsed": self.json()}},
            lambda: {**head, "note": self.json(), "function": self.text()},
        )

    def message(self) -> dict[str, Any]:
        def tool() -> dict[str, Any]:
            content = self.one(self.json_text, lambda: [{"type": "text", "text": self.json_text()}])
            ids = {"tool_call_id": self.kept(), "name": self.kept()}
            return {"role": self.one(lambda: "tool", lambda: "function"), "content": content, **ids}

        def assistant() -> dict[str, Any]:
            return {
                "role": "assistant",
                "content": self.content(),
                "tool_calls": self.one(
                    lambda: self.some(self.call), self.text, lambda: [self.text()]
                ),
                "function_call": {"name": self.kept(), "arguments": self.json_text()},
                "refusal": self.text(),
            }

        def other() -> dict[str, Any]:
            role = self.one(lambda: "user", lambda: "system", lambda: "developer")
            return {"role": role, "content": self.content(), "extra": self.json()}

        return self.one(tool, assistant, other)  # type: ignore[no-any-return]  # one of the three

    def body(self) -> dict[str, Any]:
        return {
            **{key: {"description": self.kept(), "list": [self.kept()]} for key in STRUCTURE},
            "messages": [self.message(), *self.some(self.message)],
            **{key: self.json() for key in TEXTS},
        }


@st.composite
def planted(draw: st.DrawFn) -> tuple[dict[str, Any], Planter]:
    planter = Planter(draw)
    return planter.body(), planter


@given(planted())
@settings(deadline=None)
def test_every_text_is_seen_exactly_once_in_both_passes(
    request_: tuple[dict[str, Any], Planter],
) -> None:
    body, planter = request_
    before = copy.deepcopy(body)
    seen: list[str] = []

    def collect(text: str) -> str:
        seen.append(text)
        return text

    assert map_request(body, collect) == before
    everything = "\n".join(seen)
    assert {t: everything.count(t) for t in planter.texts} == dict.fromkeys(planter.texts, 1)
    assert not [mark for mark in planter.structure if mark in everything]

    again = iter(seen)

    def redact(text: str) -> str:
        assert text == next(again)
        return text.replace("<t", "[T_").replace(">", "]")

    changed = map_request(body, redact)
    assert next(again, None) is None
    assert body == before
    written = json.dumps(before, ensure_ascii=False)
    for text in planter.texts:
        written = written.replace(text, text.replace("<t", "[T_").replace(">", "]"))
    assert changed == json.loads(written)


def walked(message: dict[str, Any]) -> dict[str, Any]:
    def change(text: str) -> str:
        return text.replace("Jane", "[X]")

    changed: dict[str, Any] = map_request({"messages": [message]}, change)["messages"][0]
    return changed


def test_the_name_of_a_participant_is_left_out_if_it_is_one() -> None:
    assert walked({"role": "user", "content": "x", "name": "Jane"}) == {
        "role": "user",
        "content": "x",
    }
    assert walked({"role": "user", "content": "x", "name": "bot"})["name"] == "bot"


@pytest.mark.parametrize("role", ["tool", "function"])
def test_the_name_of_a_tool_is_structure(role: str) -> None:
    assert walked({"role": role, "content": "x", "name": "Jane"})["name"] == "Jane"


@pytest.mark.parametrize("role", ["user", "system", "assistant", "tool"])
def test_escapes_hide_nothing(role: str) -> None:
    escaped = '{"customer":{"name":"\\u004aane"}}'
    assert walked({"role": role, "content": escaped})["content"] == '{"customer":{"name":"[X]"}}'


def test_arguments_are_seen_whatever_their_shape() -> None:
    for arguments, expected in [
        ('{"n":"Jane"}', '{"n":"[X]"}'),
        ({"n": "Jane"}, {"n": "[X]"}),
        ("Jane", "[X]"),
        (["Jane", 1], ["[X]", 1]),
    ]:
        call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
        message = walked({"role": "assistant", "content": None, "tool_calls": [call]})
        assert message["tool_calls"][0]["function"] == {"name": "f", "arguments": expected}


def test_messages_of_no_known_shape_are_left_alone() -> None:
    assert map_request({"messages": "Jane"}, str.lower) == {"messages": "jane"}
    assert map_request({}, str.lower) == {}
