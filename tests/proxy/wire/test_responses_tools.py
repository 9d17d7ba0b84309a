from typing import Any

import pytest

from policies.errors import RequestError
from proxy.wire.responses_tools import format_of, tool_choice_of, tools_of

SCHEMA = {"type": "object", "properties": {}}


def test_function_and_custom_tools_are_translated() -> None:
    function = {"type": "function", "name": "find", "parameters": SCHEMA, "strict": True}
    grammar = {"type": "grammar", "syntax": "lark", "definition": "start: A"}
    custom = {"type": "custom", "name": "run", "description": "runs", "format": grammar}
    assert tools_of([function, custom]) == [
        {"type": "function", "function": {"name": "find", "parameters": SCHEMA, "strict": True}},
        {
            "type": "custom",
            "custom": {
                "name": "run",
                "description": "runs",
                "format": {
                    "type": "grammar",
                    "grammar": {"syntax": "lark", "definition": "start: A"},
                },
            },
        },
    ]


def test_what_a_tool_leaves_open_stays_open() -> None:
    tool = {"type": "function", "name": "find", "parameters": None, "strict": None}
    assert tools_of([tool]) == [{"type": "function", "function": {"name": "find"}}]
    text = {"type": "custom", "name": "run", "format": {"type": "text"}}
    assert tools_of([text])[0]["custom"]["format"] == {"type": "text"}
    assert tools_of(None) == tools_of([]) == []


@pytest.mark.parametrize(
    "kind",
    [
        *("web_search", "web_search_preview", "file_search", "code_interpreter", "mcp", "shell"),
        *("computer", "computer_use_preview", "image_generation", "local_shell", "namespace"),
        *("tool_search", "apply_patch", "of_next_year", "", None, 7),
    ],
)
def test_tools_that_run_elsewhere_are_refused(kind: Any) -> None:
    with pytest.raises(RequestError) as caught:
        tools_of([{"type": "function", "name": "find"}, {"type": kind, "name": "x"}])
    assert (caught.value.status, caught.value.param) == (400, "tools[1].type")
    assert "function" in caught.value.message


@pytest.mark.parametrize(
    ("tools", "param"),
    [
        ("secret", "tools"),
        (["secret"], "tools[0]"),
        ([{"type": "function"}], "tools[0].name"),
        ([{"type": "function", "name": "x", "defer_loading": True}], "tools[0].defer_loading"),
        ([{"type": "custom", "name": "x", "allowed_callers": ["y"]}], "tools[0].allowed_callers"),
    ],
)
def test_tools_of_another_shape_are_refused(tools: Any, param: str) -> None:
    with pytest.raises(RequestError) as caught:
        tools_of(tools)
    assert caught.value.param == param


FIND = {"type": "function", "function": {"name": "find"}}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        *((word, word) for word in (None, "none", "auto", "required")),
        ({"type": "function", "name": "find"}, FIND),
        ({"type": "custom", "name": "run"}, {"type": "custom", "custom": {"name": "run"}}),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "find"}],
            },
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [FIND]}},
        ),
    ],
)
def test_the_choice_of_a_tool_is_translated(choice: Any, expected: Any) -> None:
    assert tool_choice_of(choice) == expected


@pytest.mark.parametrize(
    "choice",
    [
        "web_search",
        7,
        {"type": "mcp"},
        {"type": "web_search_preview"},
        {"type": "allowed_tools"},
        {"type": "allowed_tools", "tools": [{"type": "mcp"}]},
    ],
)
def test_the_choice_of_any_other_tool_is_refused(choice: Any) -> None:
    with pytest.raises(RequestError) as caught:
        tool_choice_of(choice)
    assert (caught.value.param or "").startswith("tool_choice")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, {}),
        ({}, {}),
        ({"format": {"type": "text"}, "verbosity": "low"}, {"verbosity": "low"}),
        ({"format": {"type": "json_object"}}, {"response_format": {"type": "json_object"}}),
        (
            {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": None}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "n", "schema": SCHEMA},
                }
            },
        ),
    ],
)
def test_the_format_is_translated(text: Any, expected: Any) -> None:
    assert format_of(text) == expected


@pytest.mark.parametrize("text", [7, {"format": "json"}, {"format": {"type": "grammar"}}])
def test_any_other_format_is_refused(text: Any) -> None:
    with pytest.raises(RequestError) as caught:
        format_of(text)
    assert (caught.value.param or "").startswith("text")
