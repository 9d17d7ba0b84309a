"""One walk over every text of a request, whatever its shape.

Redaction, and everything else that must see all text, uses this walk; a place that it
missed would leave unredacted. So it works by exclusion: every string is text unless it
is known to be structure.
"""

from collections.abc import Callable
from typing import Any

import orjson

TextMap = Callable[[str], str]

# Written by the bot's developer, not by customers: redacting tool definitions or a model's
# name would only break them.
_STRUCTURE = frozenset(
    {
        "model",
        "tools",
        "functions",
        "tool_choice",
        "function_call",
        "response_format",
        "stop",
        "modalities",
        "reasoning_effort",
        "verbosity",
        "service_tier",
        "stream_options",
        "logit_bias",
        "audio",
        "web_search_options",
        "moderation",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
    }
)
_MESSAGE_STRUCTURE = frozenset({"role", "tool_call_id", "id", "type"})
_BINARY_PARTS = frozenset({"image_url", "input_audio", "file", "audio", "image"})


def map_request(body: dict[str, Any], change: TextMap) -> dict[str, Any]:
    """Return a copy of a chat completion request with `change` applied to every text.

    The order of the calls depends only on the body, so two walks meet the same texts.
    """
    return {key: _top(key, value, change) for key, value in body.items()}


def _top(key: str, value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if key in _STRUCTURE:
        return value
    if key == "messages" and isinstance(value, list):
        return [_message(m, change) if isinstance(m, dict) else m for m in value]
    return map_strings(value, change)


def _message(message: dict[str, Any], change: TextMap) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in message.items():
        if key in _MESSAGE_STRUCTURE:
            out[key] = value
        elif key == "content":
            out[key] = _content(value, change, nested=message.get("role") in ("tool", "function"))
        elif key == "tool_calls" and isinstance(value, list):
            out[key] = [_tool_call(call, change) for call in value]
        elif key == "function_call" and isinstance(value, dict):
            out[key] = _function(value, change)
        elif key == "name":
            _name(out, message, change)
        else:
            out[key] = map_strings(value, change)
    return out


def _name(out: dict[str, Any], message: dict[str, Any], change: TextMap) -> None:
    """Keep a participant's name only if it is none: providers refuse brackets in it."""
    name = message["name"]
    of_tool = message.get("role") in ("tool", "function")
    if of_tool or not isinstance(name, str) or change(name) == name:
        out["name"] = name


def _content(content: Any, change: TextMap, *, nested: bool) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, str):
        return map_json_text(content, change) if nested else change(content)
    if isinstance(content, list):
        return [_part(part, change, nested=nested) for part in content]
    return map_strings(content, change)


def _part(part: Any, change: TextMap, *, nested: bool) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(part, str):
        return change(part)
    if not isinstance(part, dict):
        return part
    out: dict[str, Any] = {}
    for key, value in part.items():
        if key == "type" or key in _BINARY_PARTS:
            out[key] = value
        elif key == "text" and isinstance(value, str) and nested:
            out[key] = map_json_text(value, change)
        else:
            out[key] = map_strings(value, change)
    return out


def _tool_call(call: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(call, dict):
        return call
    return {
        key: _function(value, change) if isinstance(value, dict) else value
        for key, value in call.items()
    }


def _function(function: dict[str, Any], change: TextMap) -> dict[str, Any]:
    out = dict(function)
    for key in ("arguments", "input"):
        if isinstance(out.get(key), str):
            out[key] = map_json_text(out[key], change)
    return out


def map_json_text(text: str, change: TextMap) -> str:
    """Apply `change` to the strings inside a JSON text, or to the text if it is none.

    JSON's escapes hide personal data from detectors, so the decoded strings
    are what is looked at. The text is left byte for byte as it was if nothing changed.
    """
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return change(text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return change(text)
    changed = map_strings(value, change)
    return text if changed == value else orjson.dumps(changed).decode()


def map_strings(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    """Apply `change` to every string in a JSON value; keys are structure, numbers text.

    A number can be personal too (an id, a card): it is shown to `change` as text and
    stays a number if that leaves it alone.
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: map_strings(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [map_strings(item, change) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**6:
        shown = change(str(value))
        return value if shown == str(value) else shown
    return value
