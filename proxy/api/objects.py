"""Small JSON objects on the admin port: read, checked field by field, and by whom sent."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from starlette.requests import Request

from policies.errors import RequestError
from proxy.api.body import read_body
from proxy.handoff.case import ADMIN

AGENT_HEADER = "x-handrail-agent"
MAX_AGENT = 80
"""Characters of an agent's name."""


async def read_object(request: Request, known: Collection[str], limit: int) -> dict[str, Any]:
    """Return the body, {} where there is none. Raises a 400 for what is not `known`."""
    data = await read_body(request, limit)
    try:
        body = orjson.loads(data) if data.strip() else {}
    except (orjson.JSONDecodeError, RecursionError):
        raise RequestError("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    for key in sorted(set(body) - set(known)):
        listed = ", ".join(sorted(known))
        raise RequestError(f"{key[:40]} is unknown; known: {listed}.", param=key[:40])
    return body


def agent_of(request: Request, body: Mapping[str, Any]) -> str:
    """Return who acts: the header, else the body's `agent`, else whoever has the admin key."""
    given = request.headers.get(AGENT_HEADER) or body.get("agent")
    return ADMIN if given is None else name_of(given, "agent")


def name_of(value: object, field: str) -> str:
    """Return a name. Raises a 400 for what could not be shown as one."""
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > MAX_AGENT or not name.isprintable():
        raise RequestError(
            f"{field} must be a name of 1 to {MAX_AGENT} printable characters.", param=field
        )
    return name


def text_of(body: Mapping[str, Any], field: str, limit: int) -> str | None:
    """Return a text, None where there is none. Raises a 400 for what is no text, or too long."""
    value = body.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        raise RequestError(
            f"{field} must be a text of 1 to {limit} characters, not only spaces.", param=field
        )
    return value.strip()


def flag_of(body: Mapping[str, Any], field: str, *, default: bool) -> bool:
    """Return true or false. Raises a 400 for anything else."""
    value = body.get(field, default)
    if not isinstance(value, bool):
        raise RequestError(f"{field} must be true or false.", param=field)
    return value


def number_of(body: Mapping[str, Any], field: str, most: float) -> float | None:
    """Return a number from 0 to `most`, None where there is none. Raises a 400 for others."""
    value = body.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise RequestError(f"{field} must be a number from 0 to {most:g}.", param=field)
    return float(value)


def one_of(value: str | None, field: str, known: Collection[str]) -> str | None:
    """Return a word. Raises a 400 for an unknown one."""
    if value is not None and value not in known:
        raise RequestError(f"{field} must be one of: {', '.join(known)}.", param=field)
    return value


def whole_of(text: str, field: str, most: int, *, least: int = 0) -> int:
    """Return a whole number of the query. Raises a 400 for anything else."""
    number = int(text[:19]) if text.isascii() and text.isdecimal() else -1
    if not least <= number <= most:
        raise RequestError(f"{field} must be a number from {least} to {most}.", param=field)
    return number
