"""Tools and formats of a Responses request, as chat completions write them. Pure."""

from typing import Any

from policies.errors import RequestError
from proxy.wire.responses_items import type_of, unsupported

_HOSTED = (
    "tools that run at the provider can't be checked; offer a tool of type function and run it "
    "yourself"
)
_CHOICES = ("none", "auto", "required")


def tools_of(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Return function and custom tools. Raises `RequestError` 400 for every other."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise RequestError("tools must be a list.", param="tools")
    return [_tool(tool, f"tools[{n}]") for n, tool in enumerate(value)]


def _tool(tool: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    if not isinstance(tool, dict):
        raise RequestError(f"{place} must be an object.", param=place)
    for key in ("defer_loading", "allowed_callers"):
        if tool.get(key):
            raise unsupported(
                f"{place}.{key}", "only the model itself may call tools; leave it out"
            )
    match type_of(tool):
        case "function":
            kept = ("name", "description", "parameters", "strict")
            return {"type": "function", "function": _some(tool, kept, place)}
        case "custom":
            custom = _some(tool, ("name", "description", "format"), place)
            if "format" in custom:
                custom["format"] = _grammar(custom["format"])
            return {"type": "custom", "custom": custom}
        case kind:
            raise unsupported(f"{place}.type", f'"{kind}" is not supported: {_HOSTED}')


def _some(tool: dict[str, Any], keys: tuple[str, ...], place: str) -> dict[str, Any]:
    if not isinstance(tool.get("name"), str) or not tool["name"]:
        raise RequestError(f"{place}.name must be a string.", param=f"{place}.name")
    return {key: tool[key] for key in keys if tool.get(key) is not None}


def _grammar(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict) or value.get("type") != "grammar":
        return value
    grammar = {key: item for key, item in value.items() if key != "type"}
    return {"type": "grammar", "grammar": grammar}


def tool_choice_of(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return `tool_choice`, None if there is none. Raises `RequestError` 400."""
    if value is None or (isinstance(value, str) and value in _CHOICES):
        return value
    if isinstance(value, dict):
        match type_of(value):
            case ("function" | "custom") as kind:
                return {"type": kind, kind: {"name": value.get("name")}}
            case "allowed_tools":
                allowed = {"mode": value.get("mode", "auto"), "tools": _allowed(value.get("tools"))}
                return {"type": "allowed_tools", "allowed_tools": allowed}
            case kind:
                raise unsupported("tool_choice", f'"{kind}" is not supported: {_HOSTED}')
    raise RequestError(
        "tool_choice must be none, auto, required, or name a function tool.", param="tool_choice"
    )


def _allowed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    if not isinstance(value, list) or not all(isinstance(tool, dict) for tool in value):
        raise RequestError(
            "tool_choice.tools must be a list of objects.", param="tool_choice.tools"
        )
    return [tool_choice_of(tool) for tool in value]


def format_of(text: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return `text` as `response_format` and `verbosity`. Raises `RequestError` 400."""
    if text is None:
        return {}
    if not isinstance(text, dict):
        raise RequestError("text must be an object.", param="text")
    found: dict[str, Any] = {}
    if text.get("verbosity") is not None:
        found["verbosity"] = text["verbosity"]
    wanted = text.get("format")
    if not isinstance(wanted, dict | None):
        raise RequestError("text.format must be an object.", param="text.format")
    match type_of(wanted or {}, "text"):
        case "text":
            return found
        case "json_object":
            return {**found, "response_format": {"type": "json_object"}}
        case "json_schema":
            schema = {k: v for k, v in (wanted or {}).items() if k != "type" and v is not None}
            return {**found, "response_format": {"type": "json_schema", "json_schema": schema}}
        case kind:
            raise unsupported(
                "text.format.type", f'"{kind}" is not supported; use text or json_schema'
            )
