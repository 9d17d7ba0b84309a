import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.wire.walk import map_request
from validators.pii.detect import PresidioDetector

STRUCTURE = [
    "model",
    "tools",
    "functions",
    "tool_choice",
    "response_format",
    "logit_bias",
]
TEXTS = [
    "stop",
    "web_search_options",
    "user",
    "metadata",
    "prediction",
    "safety_identifier",
    "prompt_cache_key",
    "new_in_2031",
]


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
        self.structure.append(f"s-{len(self.structure)}-" + "x" * 64)
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
            lambda: {
                "type": "image_url",
                "image_url": {"url": f"data:image/png;base64,{self.kept()}"},
            },
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
    for role in ("assistant", "system"):
        assert "name" not in walked({"role": role, "content": "x", "name": "by-Jane_Doe"})
        assert walked({"role": role, "content": "x", "name": "bot-1"})["name"] == "bot-1"
        assert "name" not in walked({"role": role, "content": "x", "name": ["Jane"]})


@pytest.mark.parametrize("name", ["JaneDoe", "bot", "", None, ["user"], {"user": 1}])
def test_the_name_of_a_user_is_always_left_out(name: Any) -> None:
    assert "name" not in walked({"role": "user", "content": "x", "name": name})


@pytest.mark.parametrize("name", ["user", "customer", "assistant"])
def test_what_names_nobody_stays(name: str) -> None:
    assert walked({"role": "user", "content": "x", "name": name})["name"] == name


def test_a_name_is_looked_at_as_words() -> None:
    def change(text: str) -> str:
        return text.replace("Jane Doe", "[X]")

    message = {"role": "assistant", "content": "x", "name": "Jane_Doe"}
    assert "name" not in map_request({"messages": [message]}, change)["messages"][0]


B64 = "QUJD" * 20


@pytest.mark.parametrize(
    "part",
    [
        {
            "type": "image_url",
            "image_url": {"url": f"data:image/png;base64,{B64}", "detail": "low"},
        },
        {"type": "image_url", "image_url": {"url": "https://a.example/x.png?size=1%20a"}},
        {"type": "input_audio", "input_audio": {"data": f"{B64}==", "format": "wav"}},
        {"type": "file", "file": {"file_data": f"data:text/x;a=b;base64,{B64}", "file_id": "f-1"}},
    ],
)
def test_parts_that_are_not_text_stay_as_they_are(part: dict[str, Any]) -> None:
    assert walked({"role": "user", "content": [part]})["content"] == [part]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "https://a.example/?by=J%61ne"}},
        {"type": "image_url", "image_url": "data:text/plain,Jane"},
        {"type": "image_url", "image_url": {"url": "Jane", "note": ["Jane"]}},
        {"type": "input_audio", "input_audio": {"data": "Jane", "transcript": "Jane"}},
        {"type": "file", "file": {"file_data": "I am Jane " * 9, "file_id": "Jane Doe"}},
        {"type": "file", "file": "Jane"},
        {"type": "by Jane", "text": "x"},
        {"type": "text", "image": ["Jane"]},
        {"type": ["Jane"], "Jane Doe": "x"},
    ],
)
def test_a_part_hides_no_text(part: dict[str, Any]) -> None:
    assert "Jane" not in json.dumps(walked({"role": "user", "content": [part]}))
    assert "J%61ne" not in json.dumps(walked({"role": "user", "content": [part]}))


@pytest.mark.parametrize(
    "more",
    [
        {"service_tier": "for Jane"},
        {"seed": "Jane Doe"},
        {"stop": ["Jane"]},
        {"stop": "Jane"},
        {"web_search_options": {"user_location": {"approximate": {"city": "Jane"}}}},
        {"stream_options": {"Jane Doe": 1}},
        {"Jane Doe": 1},
        {"Jane_Doe": 1},
    ],
)
def test_settings_hide_no_text(more: dict[str, Any]) -> None:
    assert "Jane" not in json.dumps(map_request(more, lambda text: text.replace("Jane", "[X]")))


def test_settings_of_one_word_stay() -> None:
    body = {"service_tier": "Jane", "seed": 4671234567, "modalities": ["text"], "audio": None}
    assert map_request(body, lambda _: "[X]") == body


@pytest.mark.parametrize("key", ["id", "type", "tool_call_id"])
def test_what_should_be_an_id_is_text_if_it_is_none(key: str) -> None:
    assert "Jane" not in json.dumps(walked({"role": "tool", "content": "x", key: "for Jane"}))
    call = {key: "for Jane", "function": {"name": "by Jane", "arguments": "{}"}}
    message = walked({"role": "assistant", "tool_calls": [call]})
    assert "Jane" not in json.dumps(message)


@pytest.fixture(scope="module")
def detector() -> PresidioDetector:
    return PresidioDetector()


@pytest.mark.parametrize(
    ("fields", "hidden"),
    [
        ({"date_of_birth": "1984-03-12"}, "1984"),
        ({"dateOfBirth": "1984-03-12"}, "1984"),
        ({"customer": {"ssn": "123456789"}}, "123456789"),
        ({"ssn": 123456789}, "123456789"),
        ({"passport_number": "C01X00T47"}, "C01X00T47"),
        ({"passport": {"number": "C01X00T47"}}, "C01X00T47"),
        ({"account_number": 12345678, "sort_code": "20-00-00"}, "12345678"),
        ({"account_number": "12345678", "sort_code": "20-00-00"}, "20-00-00"),
        ({"first_name": "Margarethe"}, "Margarethe"),
        ({"name": {"first": "Margarethe"}}, "Margarethe"),
        ({"field": "date_of_birth", "value": "1984-03-12"}, "1984"),
    ],
)
@pytest.mark.parametrize("wrap", ["plain", "json", "twice", "prefix", "lines"])
def test_fields_of_a_tool_s_result_are_found_by_what_they_are_called(
    detector: PresidioDetector, fields: dict[str, Any], hidden: str, wrap: str
) -> None:
    def change(text: str) -> str:
        for span in reversed(detector.detect(text)):
            text = f"{text[: span.start]}[{span.type}]{text[span.end :]}"
        return text

    once = json.dumps(fields)
    content = {
        "plain": once,
        "json": json.dumps(once),
        "twice": json.dumps({"body": json.dumps({"body": once})}),
        "prefix": f"Result: {once} ok",
        "lines": f"{once}\n{once}\n",
    }[wrap]
    body = {"messages": [{"role": "tool", "tool_call_id": "t1", "content": content}]}
    assert hidden not in json.dumps(map_request(body, change))


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
