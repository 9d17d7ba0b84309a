"""One walk over every text of a request, whatever its shape.

Redaction, and everything else that must see all text, uses this walk; a place that it
missed would leave unredacted. So it works by exclusion: every string is text unless it
is known to be structure.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import unquote_plus

from proxy.wire.json_text import TextMap, map_json_text, map_key, map_strings
from proxy.wire.labels import spoken

__all__ = ["Joint", "TextMap", "map_json_text", "map_request", "map_strings"]

Joint = Callable[[], AbstractContextManager[None]]
"""Entered around the parts of one message: their texts are read as one."""

# Written by the bot's developer, not by customers: redacting tool definitions or a model's
# name would only break them.
_STRUCTURE = frozenset(
    {"model", "tools", "functions", "tool_choice", "function_call", "response_format", "logit_bias"}
)
_SETTINGS = frozenset(
    {
        "modalities",
        "reasoning_effort",
        "verbosity",
        "service_tier",
        "stream_options",
        "seed",
        "audio",
        "moderation",
        "prompt_cache_options",
        "prompt_cache_retention",
    }
)
_IDS = frozenset({"tool_call_id", "id", "index", "file_id"})
_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_TYPE = re.compile(r"[a-z_]{1,40}")
_BINARY_PARTS = frozenset({"image_url", "input_audio", "file", "audio", "image"})
_PAYLOADS = frozenset({"data", "file_data"})
_PAYLOAD = re.compile(r"[A-Za-z0-9+/=_\r\n-]{64,}+")
_DATA_URL = re.compile(r"data:[\w.+/-]*(?:;[\w.+-]+=[\w.+-]+)*;base64,[A-Za-z0-9+/=_\r\n-]*+")
_NOBODY = frozenset({"user", "customer", "assistant"})


def map_request(
    body: dict[str, Any], change: TextMap, joint: Joint = nullcontext
) -> dict[str, Any]:
    """Return a copy of a chat completion request with `change` applied to every text.

    The order of the calls depends only on the body, so two walks meet the same texts. The
    `name` of a user's message is left out, because providers allow no spaces or brackets
    in it: a detector would miss `AnnaBerg`, and a placeholder would be refused. Only `user`,
    `customer` and `assistant` stay. So is a `type` that can't be one.
    """
    out: dict[str, Any] = {}
    for key, value in body.items():
        if key in _STRUCTURE:
            out[key] = value
        elif key in _SETTINGS:
            out[key] = _setting(value, change)
        elif key == "messages" and isinstance(value, list):
            out[key] = [_message(m, change, joint) for m in value]
        else:
            out |= map_strings({key: value}, change)
    return out


def _setting(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    """Leave single words and numbers alone; what is more than that is text."""
    if isinstance(value, dict):
        return {map_key(key, change): _setting(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_setting(item, change) for item in value]
    return _id(value, change)


def _id(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and _ID.fullmatch(value) else map_strings(value, change)


def _is_type(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, str) and bool(_TYPE.fullmatch(value))


def _message(message: Any, change: TextMap, joint: Joint) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(message, dict):
        return map_strings(message, change)
    out: dict[str, Any] = {}
    for key, value in message.items():
        if key == "role" or (key == "type" and _is_type(value)):
            out[key] = value
        elif key in _IDS:
            out[key] = _id(value, change)
        elif key == "content":
            out[key] = _content(value, change, joint)
        elif key == "tool_calls" and isinstance(value, list):
            out[key] = [_tool_call(call, change) for call in value]
        elif key == "function_call" and isinstance(value, dict):
            out[key] = _function(value, change)
        elif key == "name":
            _name(out, message, change)
        elif key != "type":
            out |= map_strings({key: value}, change)
    return out


def _name(out: dict[str, Any], message: dict[str, Any], change: TextMap) -> None:
    """Keep a participant's name only if it is none: providers refuse brackets in it."""
    name, role = message["name"], message.get("role")
    if role in ("tool", "function"):
        out["name"] = _id(name, change)
    elif isinstance(name, str) and role != "user":
        shown = spoken(name)
        if change(shown) == shown:
            out["name"] = name
    elif isinstance(name, str) and name in _NOBODY:
        out["name"] = name


def _content(content: Any, change: TextMap, joint: Joint) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, list):
        with joint():
            return [_part(part, change) for part in content]
    return map_strings(content, change)


def _part(part: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(part, dict):
        return map_strings(part, change)
    out: dict[str, Any] = {}
    for key, value in part.items():
        if key == "type":
            if _is_type(value):
                out[key] = value
        elif key in _BINARY_PARTS:
            out[key] = _binary(key, value, change)
        elif key in ("text", "refusal"):
            out[key] = map_strings(value, change)
        else:
            out |= map_strings({key: value}, change)
    return out


def _binary(key: str, value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    """Keep encoded data as it is; names and addresses are texts like any other."""
    if isinstance(value, dict):
        return {map_key(k, change): _binary(k, item, change) for k, item in value.items()}
    if not isinstance(value, str):
        return map_strings(value, change)
    if key == "file_id":
        return _id(value, change)
    payload = key in _PAYLOADS and _PAYLOAD.fullmatch(value)
    if payload or (value.startswith("data:") and _DATA_URL.fullmatch(value)):
        return value
    # An address hides what it carries behind `%40` and `+`.
    shown = unquote_plus(value) if "://" in value else value
    changed = map_strings(shown, change)
    return value if changed == shown else changed


def _tool_call(call: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(call, dict):
        return map_strings(call, change)
    out: dict[str, Any] = {}
    for key, value in call.items():
        if key in _IDS:
            out[key] = _id(value, change)
        elif key == "type":
            if _is_type(value):
                out[key] = value
        elif key in ("function", "custom") and isinstance(value, dict):
            out[key] = _function(value, change)
        else:
            out |= map_strings({key: value}, change)
    return out


def _function(function: dict[str, Any], change: TextMap) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in function.items():
        if key == "name":
            out[key] = _id(value, change)
        elif key in ("arguments", "input"):
            out[key] = map_strings(value, change)
        else:
            out |= map_strings({key: value}, change)
    return out
