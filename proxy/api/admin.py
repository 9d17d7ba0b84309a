"""The admin port's reading routes: decisions, metrics."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import RequestError, StoreError
from proxy.api.caller import admin
from proxy.schemas.parts import ACTIONS
from proxy.snapshot import Snapshot

MAX_LIMIT = 500
_SETTLE_S = 1.0


def json_response(value: Any, status: int = 200) -> Response:  # noqa: ANN401 - any JSON
    """Return a JSON response; a store may give mappings and names of its own types."""
    data = orjson.dumps(value, default=dict, option=orjson.OPT_NON_STR_KEYS)
    return Response(data, status, media_type="application/json")


async def decisions(request: Request) -> Response:
    """List decision records, newest first: `?action=&intent=&limit=&after=`."""
    snapshot = admin(request)
    action = _one_of(request, "action", ACTIONS)
    await _settled(snapshot)
    rows = await _read(
        lambda: snapshot.records.decisions(
            action=action,
            intent=request.query_params.get("intent"),
            limit=_limit(request),
            after=request.query_params.get("after"),
        )
    )
    return json_response({"data": rows})


async def decision(request: Request) -> Response:
    """Show one decision record."""
    snapshot = admin(request)
    wanted = request.path_params["id"]
    found = await _read(lambda: snapshot.records.decision(wanted))
    if found is None:
        await _settled(snapshot)
        found = await _read(lambda: snapshot.records.decision(wanted))
    return _found(found, "decision")


async def metrics(request: Request) -> Response:
    """Prometheus text."""
    body, kind = admin(request).metrics()
    return Response(body, media_type=kind)


async def _settled(snapshot: Snapshot) -> None:
    """Let what has just been decided be written; a slow model keeps nobody waiting."""
    with suppress(TimeoutError):
        await asyncio.wait_for(snapshot.settled(), _SETTLE_S)


async def _read(read: Any) -> Any:  # noqa: ANN401 - a thunk that returns JSON
    try:
        return await run_in_threadpool(read)
    except StoreError as error:
        raise RequestError(
            f"The records can't be read: {error}", status=503, kind="server_error"
        ) from None


def _found(found: Mapping[str, Any] | None, kind: str) -> Response:
    if found is None:
        raise RequestError(f"There is no such {kind}.", status=404, code="not_found")
    return json_response(found)


def _one_of(request: Request, name: str, known: tuple[str, ...]) -> str | None:
    """Return a filter. Raises a 400 for an unknown word, which would match nothing."""
    value = request.query_params.get(name)
    if value is not None and value not in known:
        raise RequestError(f"{name} must be one of: {', '.join(known)}.", param=name)
    return value


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "50")
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise RequestError(f"limit must be a number from 1 to {MAX_LIMIT}.", param="limit")
    return int(text)
