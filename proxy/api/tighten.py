"""The admin port's switch: an intent, or everything, to people at once, and back."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import RequestError, StoreError
from policies.policy import Policy
from policies.rules import EVERYTHING
from proxy.api.admin import json_response
from proxy.api.body import read_body
from proxy.api.caller import admin
from proxy.snapshot import Snapshot
from proxy.switch.base import Change, Move, tightened

_MAX_BYTES = 4096
_FIELDS = ("intent", "all", "by")
_MOST = 100
"""Lines of the audit that a look shows."""


async def tighten(request: Request) -> Response:
    """`POST {intent} or {all: true}`, with `by`: who it was. In force at once here."""
    snapshot = admin(request)
    body = await _body(request)
    return await _turned(snapshot, Move.TIGHTEN, _wanted(body, snapshot.policy), body)


async def relax(request: Request) -> Response:
    """`DELETE` undoes: the same body, or `?intent=` or `?all=true`; without either, all."""
    snapshot = admin(request)
    body = {**request.query_params, **await _body(request)}
    if body.get("all") == "true":
        body["all"] = True
    if "intent" not in body:
        body = {"all": True, **body}
    return await _turned(snapshot, Move.RELAX, _wanted(body, None), body)


async def show(request: Request) -> Response:
    """`GET`: what goes to people now, and the latest changes."""
    snapshot = admin(request)
    try:
        changes = await snapshot.switchboard.changes()
    except StoreError as error:
        raise _unusable(error) from None
    now = tightened(changes)
    return json_response(
        {
            "all": EVERYTHING in now,
            "intents": sorted(set(now) - {EVERYTHING}),
            "changes": [_shown(change) for change in changes[-_MOST:]],
        }
    )


async def _turned(snapshot: Snapshot, move: Move, intent: str, body: Mapping[str, Any]) -> Response:
    try:
        now = await snapshot.switchboard.turn(move, intent, str(body.get("by") or "admin port"))
    except StoreError as error:
        raise _unusable(error) from None
    return json_response({"all": EVERYTHING in now, "intents": sorted(now - {EVERYTHING})})


def _unusable(error: StoreError) -> RequestError:
    return RequestError(
        f"Nothing was switched: {error}.", status=503, kind="server_error", code="switch_failed"
    )


async def _body(request: Request) -> dict[str, Any]:
    data = await read_body(request, _MAX_BYTES)
    if not data:
        return {}
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise RequestError("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    return body


def _wanted(body: Mapping[str, Any], policy: Policy | None) -> str:
    """Return the intent, `*` for all. Raises a 400; `policy` says which intents there are."""
    unknown = sorted(set(body) - set(_FIELDS))
    if unknown:
        raise RequestError(
            f"{unknown[0][:40]} is unknown; known: {', '.join(_FIELDS)}.", param=unknown[0][:40]
        )
    intent, everything = body.get("intent"), body.get("all")
    if everything is True and intent is None:
        return EVERYTHING
    if not isinstance(intent, str) or not intent or everything not in (None, False):
        raise RequestError('Send {"intent": "NAME"} or {"all": true}, one of them.', param="intent")
    if policy is not None and intent not in policy.intents:
        known = ", ".join(sorted(policy.intents))
        raise RequestError(f"There is no such intent; known: {known}.", param="intent")
    return intent


def _shown(change: Change) -> dict[str, str]:
    return {
        "at": change.at,
        "who": change.who,
        "what": change.move.value,
        "intent": change.intent,
    }
