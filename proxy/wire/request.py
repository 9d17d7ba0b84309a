"""A chat completion request, read once and checked before anything else happens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from policies.errors import RequestError
from policies.messages import Message, Role
from policies.text import Redacted
from proxy.wire.json_text import deeper_than

MAX_DEPTH = 64
_TOO_DEEP = f"The request body is nested deeper than {MAX_DEPTH} levels."
_MAX_NAME = 100
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:[-_.][A-Za-z0-9]{1,8}){0,8}")
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


@dataclass(frozen=True, slots=True)
class Received:
    """Everything of a request that may hold personal data. Kept in a `Raw`."""

    body: dict[str, Any]
    context: list[Any]
    account: Any
    conversation_id: str | None
    customer_ref: str | None


@dataclass(frozen=True, slots=True)
class Extras:
    """What a bot may add for Handrail that is structure, not text."""

    locale: str | None
    scope: dict[str, str]
    shadow: bool


def parse_body(data: bytes) -> dict[str, Any]:
    """Parse and check a request body. Raises `RequestError` that quotes none of it."""
    body = parse_json(data)
    check_messages(body.get("messages"))
    check_fields(body)
    return body


def parse_json(data: bytes) -> dict[str, Any]:
    """Parse a request body of any route. Raises `RequestError` that quotes none of it."""
    if not data.strip():
        raise RequestError("The request body is empty; send a JSON object.")
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if error.msg.startswith("depth limit"):
            raise RequestError(_TOO_DEEP) from None
        where = f"line {error.lineno}, column {error.colno}"
        raise RequestError(f"The request body is not valid JSON ({where}): {_why(data)}") from None
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    if deeper_than(body, MAX_DEPTH):
        raise RequestError(_TOO_DEEP)
    if b"\\u0000" in data:
        _check_nul(body)
    return body


def _why(data: bytes) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not valid UTF-8."
    return "check quotes, commas, brackets and escapes there."


def _check_nul(value: Any, place: str = "") -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for key, item in value.items():
            _check_nul(key, place)
            _check_nul(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            _check_nul(item, f"{place}[{n}]")
    elif isinstance(value, str) and "\0" in value:
        where = place[:_MAX_NAME] or "The request body"
        raise RequestError(f"{where} contains a null character (\\u0000); remove it.", param=where)


def check_messages(messages: Any) -> None:  # noqa: ANN401 - any JSON
    """Check the shape of a list of messages. Raises `RequestError`."""
    if messages is None:
        raise RequestError("messages is required: a list of messages.", param="messages")
    if not isinstance(messages, list) or not messages:
        raise RequestError("messages must be a list of at least one message.", param="messages")
    for n, message in enumerate(messages):
        place = f"messages[{n}]"
        if not isinstance(message, dict):
            raise RequestError(f"{place} must be an object.", param=place)
        role = message.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            known = ", ".join(sorted(_ROLES))
            raise RequestError(f"{place}.role must be one of {known}.", param=f"{place}.role")
        content = message.get("content")
        if content is not None and not isinstance(content, str | list):
            raise RequestError(
                f"{place}.content must be a string or a list of parts.", param=f"{place}.content"
            )
        if not isinstance(message.get("tool_calls"), list | None):
            raise RequestError(f"{place}.tool_calls must be a list.", param=f"{place}.tool_calls")


def check_fields(body: dict[str, Any]) -> None:
    """Check the fields that Handrail reads itself. Raises `RequestError`."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise RequestError("model is required: a name from GET /v1/models.", param="model")
    n = body.get("n")
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 8):  # noqa: PLR2004 - documented limit
        raise RequestError("n must be a whole number from 1 to 8.", param="n")
    if not isinstance(body.get("stream"), bool | None):
        raise RequestError("stream must be true or false.", param="stream")
    for key in ("metadata", "handrail", "stream_options", "response_format"):
        if not isinstance(body.get(key), dict | None):
            raise RequestError(f"{key} must be an object.", param=key)


def take_extras(body: dict[str, Any], header_conversation: str | None) -> tuple[Received, Extras]:
    """Take `handrail` out of a body and return what it and `metadata` add."""
    own = body.get("handrail") or {}
    body = {key: value for key, value in body.items() if key != "handrail"}
    metadata = body.get("metadata") or {}
    unknown = set(own) - {"context", "account", "scope", "mode"}
    if unknown:
        name = min(unknown)[:_MAX_NAME]
        raise RequestError(
            f"handrail.{name} is unknown; known: account, context, mode, scope.",
            param=f"handrail.{name}",
        )
    context = own.get("context") or []
    if not isinstance(context, list):
        raise RequestError("handrail.context must be a list.", param="handrail.context")
    scope = own.get("scope") or {}
    if not isinstance(scope, dict) or not all(isinstance(v, str) for v in scope.values()):
        raise RequestError("handrail.scope must be an object of strings.", param="handrail.scope")
    if own.get("mode") not in (None, "enforce", "shadow"):
        raise RequestError('handrail.mode must be "enforce" or "shadow".', param="handrail.mode")
    received = Received(
        body=body,
        context=context,
        account=own.get("account"),
        conversation_id=header_conversation
        or _text(metadata, "conversation_id")
        or _text(metadata, "session_id"),
        customer_ref=_text(metadata, "customer_ref"),
    )
    return received, Extras(
        locale=_locale(metadata), scope=scope, shadow=own.get("mode") == "shadow"
    )


def _locale(metadata: dict[str, Any]) -> str | None:
    """Return the language tag; what is none could be anything, and is not redacted."""
    locale = _text(metadata, "locale")
    return locale if locale and _LOCALE.fullmatch(locale) else None


def _text(table: dict[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) and value else None


def conversation_of(body: dict[str, Any]) -> tuple[Message, ...]:
    """Return the messages of a redacted body, text only."""
    return tuple(m for raw in body.get("messages", ()) for m in _read(raw))


def _read(message: dict[str, Any]) -> Iterator[Message]:
    name = str(message.get("role"))
    role = Role.TOOL if name == "function" else Role(name)
    text = "\n".join(_texts(message.get("content")))
    if text or role is Role.USER:
        yield Message(role, Redacted(text))
    calls = message.get("tool_calls") or []
    made = [c.get("function") or c.get("custom") for c in calls if isinstance(c, dict)]
    for call in [*made, message.get("function_call")]:
        if isinstance(call, dict):
            given = call.get("arguments") or call.get("input") or ""
            text = f"{call.get('name', '')} {given}"
            yield Message(role, Redacted(text), tool_call=True)


def _texts(content: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, str):
                yield part
            elif isinstance(part, dict):
                yield from (
                    v for k, v in part.items() if k in ("text", "refusal") and isinstance(v, str)
                )
