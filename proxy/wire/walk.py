"""One walk over every text of a request, whatever its shape.

Redaction, and everything else that must see all text, uses this walk; a place that it
missed would leave unredacted. So it works by exclusion: every string is text unless it
is known to be structure.
"""

from typing import Any

from proxy.wire.json_text import TextMap, map_json_text, map_strings, through_json

__all__ = ["TextMap", "map_json_text", "map_request", "map_strings"]

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
        "seed",
        "audio",
        "web_search_options",
        "moderation",
        "prompt_cache_options",
        "prompt_cache_retention",
    }
)
_MESSAGE_STRUCTURE = frozenset({"role", "tool_call_id", "id", "type"})
_CALL_STRUCTURE = frozenset({"id", "type", "index"})
_BINARY_PARTS = frozenset({"image_url", "input_audio", "file", "audio", "image"})


def map_request(body: dict[str, Any], change: TextMap) -> dict[str, Any]:
    """Return a copy of a chat completion request with `change` applied to every text.

    The order of the calls depends only on the body, so two walks meet the same texts.
    """
    seen = through_json(change)
    return {key: _top(key, value, seen) for key, value in body.items()}


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
        return map_json_text(part, change) if nested else change(part)
    if not isinstance(part, dict):
        return map_strings(part, change)
    out: dict[str, Any] = {}
    for key, value in part.items():
        if key == "type":
            out[key] = value
        elif key in _BINARY_PARTS:
            out[key] = _binary(value, change)
        elif key == "text" and isinstance(value, str) and nested:
            out[key] = map_json_text(value, change)
        else:
            out[key] = map_strings(value, change)
    return out


def _binary(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    """Keep data and addresses as they are; a file's name is a text like any other."""
    if not isinstance(value, dict):
        return value
    return {
        key: map_strings(item, change) if key == "filename" else item for key, item in value.items()
    }


def _tool_call(call: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(call, dict):
        return map_strings(call, change)
    out: dict[str, Any] = {}
    for key, value in call.items():
        if key in _CALL_STRUCTURE:
            out[key] = value
        elif key in ("function", "custom") and isinstance(value, dict):
            out[key] = _function(value, change)
        else:
            out[key] = map_strings(value, change)
    return out


def _function(function: dict[str, Any], change: TextMap) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in function.items():
        if key == "name":
            out[key] = value
        elif key in ("arguments", "input") and isinstance(value, str):
            out[key] = map_json_text(value, change)
        else:
            out[key] = map_strings(value, change)
    return out
