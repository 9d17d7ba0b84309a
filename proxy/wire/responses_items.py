"""The items of a Responses request, as messages of a chat completion. Pure.

What has no place in a chat completion can't pass the checks, so it is refused and never
passed through. Messages name the place of an item and its type, never its text.
"""

import re
from typing import Any

from policies.errors import RequestError

_ROLES = ("user", "assistant", "system", "developer")
_TYPE = re.compile(r"[a-z_]{1,40}")
_UNSUPPORTED = "unsupported_parameter"

_INSTEAD = {
    "reasoning": "leave reasoning items out: they can't be read, so they can't be checked",
    "item_reference": "send the item itself, or use previous_response_id",
}
_OF_TOOLS = "tools that run at the provider can't be checked; offer a function tool instead"


def messages_of(value: Any, place: str = "input") -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Return `input` as chat messages, in its order. Raises `RequestError` 400."""
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    if not isinstance(value, list) or not value:
        raise _wrong(place, "must be a string or a list of at least one item")
    messages: list[dict[str, Any]] = []
    for n, item in enumerate(value):
        _add(messages, item, f"{place}[{n}]")
    return messages


def unsupported(param: str, why: str) -> RequestError:
    """Return the refusal of something that Handrail can't check; `why` says what to do."""
    return RequestError(f"{param}: {why}.", param=param, code=_UNSUPPORTED, retry=False)


def type_of(table: dict[str, Any], otherwise: str = "") -> str:
    """Return the `type` of an object if it can be one: what else stands there may be text."""
    kind = table.get("type", otherwise)
    return kind if isinstance(kind, str) and _TYPE.fullmatch(kind) else "?"


def _add(messages: list[dict[str, Any]], item: Any, place: str) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(item, dict):
        raise _wrong(place, "must be an object")
    match type_of(item, "message"):
        case "message":
            messages.append(_message(item, place))
        case "function_call":
            call = {
                "name": _text(item, "name", place),
                "arguments": _text(item, "arguments", place),
            }
            _call(messages, {"type": "function", "function": call}, item, place)
        case "custom_tool_call":
            call = {"name": _text(item, "name", place), "input": _text(item, "input", place)}
            _call(messages, {"type": "custom", "custom": call}, item, place)
        case "function_call_output" | "custom_tool_call_output":
            content = _content(item.get("output"), f"{place}.output", ("input_text",))
            call_id = _text(item, "call_id", place)
            messages.append({"role": "tool", "tool_call_id": call_id, "content": content})
        case kind:
            why = _INSTEAD.get(kind, _OF_TOOLS)
            raise unsupported(place, f'items of type "{kind}" are not supported: {why}')


def _message(item: dict[str, Any], place: str) -> dict[str, Any]:
    role = item.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise _wrong(f"{place}.role", f"must be one of {', '.join(_ROLES)}")
    given = ("input_text", "input_image", "input_file")
    known = ("output_text", "refusal", "input_text") if role == "assistant" else given
    return {"role": role, "content": _content(item.get("content"), f"{place}.content", known)}


def _call(
    messages: list[dict[str, Any]], call: dict[str, Any], item: dict[str, Any], place: str
) -> None:
    """Add a call to the assistant's message before it: results must follow all calls."""
    call = {"id": _text(item, "call_id", place), **call}
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": None})
    messages[-1].setdefault("tool_calls", []).append(call)


def _content(content: Any, place: str, known: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise _wrong(place, "must be a string or a list of parts")
    parts = [_part(part, f"{place}[{n}]", known) for n, part in enumerate(content)]
    # Many servers understand nothing but a string where there is only one text.
    if len(parts) == 1 and parts[0]["type"] == "text":
        return parts[0]["text"]
    return parts


def _part(part: Any, place: str, known: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    if not isinstance(part, dict):
        raise _wrong(place, "must be an object")
    kind = type_of(part)
    if kind not in known:
        raise unsupported(place, f'parts of type "{kind}" are not supported here')
    match kind:
        case "input_image":
            return _image(part, place)
        case "input_file":
            return _file(part, place)
        case "refusal":
            return {"type": "text", "text": _text(part, "refusal", place)}
        case _:
            return {"type": "text", "text": _text(part, "text", place)}


def _image(part: dict[str, Any], place: str) -> dict[str, Any]:
    if part.get("file_id") is not None:
        why = "files stored at a provider can't be read; send image_url, which may be a data URL"
        raise unsupported(f"{place}.file_id", why)
    image = {"url": _text(part, "image_url", place)}
    if (detail := part.get("detail")) is not None:
        image["detail"] = detail
    return {"type": "image_url", "image_url": image}


def _file(part: dict[str, Any], place: str) -> dict[str, Any]:
    for key in ("file_id", "file_url"):
        if part.get(key) is not None:
            why = "files kept elsewhere can't be read; send the file itself as file_data"
            raise unsupported(f"{place}.{key}", why)
    file = {"file_data": _text(part, "file_data", place)}
    if part.get("filename") is not None:
        file["filename"] = _text(part, "filename", place)
    return {"type": "file", "file": file}


def _text(table: dict[str, Any], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise _wrong(f"{place}.{key}", "must be a string")
    return value


def _wrong(param: str, why: str) -> RequestError:
    return RequestError(f"{param} {why}.", param=param)
