from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import UpstreamError
from proxy.models.base import (
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.models.chunks import ChunkReader


def chunk(delta: Any = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "model": "m", "created": 7, "choices": [choice], **more}


def read(*chunks: Any, choices: int = 1, done: bool = True) -> list[ModelEvent]:
    reader = ChunkReader("acme", choices)
    events = [event for value in chunks for event in reader.chunk(value)]
    return events + list(reader.end(done=done))


def test_a_plain_stream() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    assert read(
        chunk({"role": "assistant", "content": ""}, system_fingerprint="fp"),
        chunk({"content": "Hel"}),
        chunk({"content": "lo"}),
        chunk({}, "stop"),
        {"id": "c1", "choices": [], "usage": usage},
    ) == [
        Opened("c1", "m", 7, {"system_fingerprint": "fp"}),
        TextDelta(0, "Hel"),
        TextDelta(0, "lo"),
        Finished(0, "stop"),
        UsageReport(usage),
    ]


def test_what_real_servers_send_is_tolerated() -> None:
    events = read(
        {"id": "", "model": "", "choices": [], "prompt_filter_results": []},  # Azure
        {"id": "c1", "hook_results": {}},  # no choices at all
        {"id": "c1", "choices": None, "error": None},
        chunk(None),
        chunk({"content": None}, ""),
        {"id": "c1", "choices": [{"delta": {"content": "a"}}]},  # no index, no finish_reason
        {"id": "c1", "choices": [{"message": {"content": "b"}}]},
        chunk({"content": [{"type": "text", "text": "c"}]}),
        chunk({"content": "d"}, "stop", usage={"prompt_tokens": 1}),
        chunk({"content": ""}, "stop", usage={"prompt_tokens": 2}),
    )
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "abcd"
    assert sum(isinstance(e, Opened) for e in events) == 1
    assert sum(isinstance(e, Finished) for e in events) == 1
    assert events[-1] == UsageReport({"prompt_tokens": 2})


def test_tool_calls_with_and_without_index() -> None:
    first = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    assert read(
        chunk({"tool_calls": [first]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"x"'}}]}),
        chunk(
            {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ":1}"}}]}
        ),
        chunk({}, "tool_calls"),
    )[1:] == [
        ToolDelta(0, 0, "a", "f"),
        ToolDelta(0, 0, arguments='{"x"'),
        ToolDelta(0, 0, arguments=":1}"),
        Finished(0, "tool_calls"),
    ]
    bare = read(
        chunk({"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}]}),
        chunk({"tool_calls": [{"id": "b", "function": {"name": "g", "arguments": "{"}}]}),
        chunk({"tool_calls": [{"function": {"arguments": "}"}}]}, "tool_calls"),
    )
    assert [(e.index, e.name, e.arguments) for e in bare if isinstance(e, ToolDelta)] == [
        (0, "f", '{"x":1}'),
        (1, "g", "{"),
        (1, "", "}"),
    ]


def test_custom_and_legacy_calls_and_refusals() -> None:
    custom = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "sql", "input": "x"}}
    assert read(
        chunk({"tool_calls": [custom]}),
        chunk({"function_call": {"name": "f", "arguments": "{}"}}),
        chunk({"refusal": "I can't."}, "stop"),
    )[1:] == [
        ToolDelta(0, 0, "a", "sql", "x", kind="custom"),
        ToolDelta(0, 0, arguments="{}", legacy=True),
        RefusalDelta(0, "I can't."),
        Finished(0, "stop"),
    ]


def test_several_choices_interleave() -> None:
    def of(index: int, text: str, finish: str | None = None) -> dict[str, Any]:
        return {
            "id": "c",
            "choices": [{"index": index, "delta": {"content": text}, "finish_reason": finish}],
        }

    events = read(of(1, "b"), of(0, "a"), of(1, "B", "stop"), of(0, "A", "length"), choices=2)
    assert events[1:] == [
        TextDelta(1, "b"),
        TextDelta(0, "a"),
        TextDelta(1, "B"),
        Finished(1, "stop"),
        TextDelta(0, "A"),
        Finished(0, "length"),
    ]


@pytest.mark.parametrize(
    ("chunks", "options"),
    [
        ([], {}),
        ([{"id": "c", "choices": []}], {}),
        ([chunk({"content": "a"})], {}),
        ([chunk({"content": "a"}, "stop")], {"choices": 2, "done": False}),
        ([chunk({}, "stop"), chunk({"content": "late"})], {}),
        (["text"], {}),
        ([{"choices": "x"}], {}),
    ],
)
def test_half_an_answer_is_no_answer(chunks: list[Any], options: dict[str, Any]) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(*chunks, **options)
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ({"message": "secret", "code": 503}, 503, "status"),
        ({"message": "secret", "code": "429"}, 429, "status"),
        ({"message": "secret", "code": "context"}, None, "status"),
        ({"message": "secret", "status": 400}, 400, "client"),
        ("secret", None, "status"),
    ],
)
def test_an_error_inside_the_stream(error: Any, status: int | None, kind: str) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(chunk({"content": "a"}), {"error": error})
    assert (caught.value.status, caught.value.kind) == (status, kind)
    assert "secret" not in str(caught.value)


def test_a_whole_answer() -> None:
    message = {
        "content": "Hi",
        "refusal": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ],
    }
    value = {
        "id": "c",
        "choices": [{"index": 0, "message": message}],
        "usage": {"prompt_tokens": 1},
    }
    assert list(ChunkReader("acme").whole(value)) == [
        Opened("c"),
        TextDelta(0, "Hi"),
        ToolDelta(0, 0, "a", "f", "{}"),
        Finished(0, "tool_calls"),
        UsageReport({"prompt_tokens": 1}),
    ]


KEYS_TEXT = """
id choices delta message content tool_calls index finish_reason function arguments name usage
error code created refusal
"""
KEYS = KEYS_TEXT.split()
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.text(max_size=3)
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
def test_any_json_is_read_or_refused(values: list[Any]) -> None:
    for events in (
        lambda: read(*values),
        lambda: list(ChunkReader("a").whole({"choices": values})),
    ):
        try:
            found = events()
        except UpstreamError:
            continue
        assert any(isinstance(event, Finished) for event in found)
