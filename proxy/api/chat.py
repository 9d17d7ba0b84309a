"""POST /v1/chat/completions: from HTTP to a turn, and from events back to HTTP."""

import asyncio
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from policies.errors import RequestError
from policies.text import Raw
from policies.turn import Turn
from proxy.api.body import read_body
from proxy.api.caller import bearer
from proxy.api.reply import respond
from proxy.pipeline import Run
from proxy.snapshot import Snapshot
from proxy.stream.events import Call, Closed, Failed, Refusal, Text
from proxy.telemetry import names
from proxy.telemetry.base import AttributeValue, Span
from proxy.wire.chat import ChatCollector, ChatStream, error_body, error_event
from proxy.wire.headers import NO_BUFFERING, error_headers, new_request_id, result_headers
from proxy.wire.request import parse_body, take_extras

ROUTE = "/v1/chat/completions"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
"""BCP 47 as far as support needs it; anything longer could be text, and locales are recorded."""


@dataclass(slots=True)
class Exchange:
    """One request being answered."""

    snapshot: Snapshot
    turn: Turn
    span: Span
    model: str
    stream: bool
    include_usage: bool
    status: int = 200


class ChatEndpoint:
    """The route as a bare ASGI application: no detour on the hot path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await chat_completions(scope, receive, send)


async def chat_completions(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one chat completion request."""
    request = Request(scope, receive)
    snapshot: Snapshot = scope["app"].state.live.current
    span = snapshot.telemetry.start(
        names.SPAN_SERVER.format(route=ROUTE),
        kind="server",
        traceparent=request.headers.get("traceparent"),
        attributes={names.HTTP_METHOD: "POST", names.HTTP_ROUTE: ROUTE},
    )
    request_id = new_request_id()
    start = time.perf_counter()
    status = 200
    try:
        exchange = await _open(request, snapshot, span, request_id)
        status = await _serve(exchange, receive, send)
    except RequestError as error:
        status = error.status
        headers = {"x-request-id": request_id, "X-Trace-Id": span.trace_id, **error_headers(error)}
        await respond(send, status, error_body(error), headers)
    except ClientGoneError:
        span.event(names.EVENT_DISCONNECTED, {})
    except Exception:
        status = 500
        raise
    finally:
        span.set({names.HTTP_STATUS: status})
        seconds = time.perf_counter() - start
        labels: dict[str, AttributeValue] = {names.HTTP_ROUTE: ROUTE, names.HTTP_STATUS: status}
        snapshot.telemetry.measure(names.REQUEST_DURATION, seconds, labels)
        if status >= 500:  # noqa: PLR2004 - HTTP
            span.fail(str(status))
        span.end()


class ClientGoneError(Exception):
    """The client closed the connection."""


async def _open(request: Request, snapshot: Snapshot, span: Span, request_id: str) -> Exchange:
    """Read and check the request. Raises `RequestError`."""
    snapshot.authenticate(bearer(request))  # before anything is read for a stranger
    body = parse_body(await read_body(request, snapshot.config.server.max_body_bytes))
    received, extras = take_extras(body, request.headers.get("x-conversation-id"))
    body = received.body
    alias = snapshot.alias(str(body["model"]))
    turn = Turn(
        id=f"hr_{secrets.token_hex(12)}",
        request_id=request_id,
        created=time.time(),
        received=Raw(received),
        authorization=Raw(bearer(request)),
        alias=str(body["model"]),
        profile=alias.profile,
        stream=bool(body.get("stream")),
        choices=body.get("n") or 1,
        structured=_structured(body),
        trace_id=span.trace_id,
        span_id=span.span_id,
        traceparent=f"00-{span.trace_id}-{span.span_id}-01",
        config_hash=snapshot.hash,
        locale=extras.locale if _LOCALE.fullmatch(extras.locale or "") else None,
        scope=extras.scope,
        shadow=extras.shadow,
        policy=snapshot.policy,
    )
    options = body.get("stream_options") or {}
    return Exchange(
        snapshot, turn, span, turn.alias, turn.stream, options.get("include_usage") is True
    )


def _structured(body: dict[str, Any]) -> bool:
    wanted = (body.get("response_format") or {}).get("type")
    return wanted in ("json_object", "json_schema")


async def _serve(exchange: Exchange, receive: Receive, send: Send) -> int:
    """Run the pipeline and send what comes out; returns the HTTP status."""
    run = exchange.snapshot.pipeline.start(exchange.turn, exchange.span)
    watcher = asyncio.create_task(_watch(receive, run))
    try:
        answer = _stream if exchange.stream else _whole
        status = await answer(exchange, run, send)
    except OSError:
        raise ClientGoneError from None
    finally:
        watcher.cancel()
        run.abandon()  # nothing, if the answer was complete
    if run.gone:
        raise ClientGoneError
    return status


async def _watch(receive: Receive, run: Run) -> None:
    """Abandon the run when the client goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    run.abandon()


async def _whole(exchange: Exchange, run: Run, send: Send) -> int:
    collector = ChatCollector()
    async for event in run.events():
        match event:
            case Failed(error=error):
                raise error
            case Closed(turn=turn):
                extra = exchange.snapshot.result_extra(turn)
                created = int(exchange.turn.created)
                body = collector.completion(turn, exchange.model, created, extra)
                await respond(send, 200, orjson.dumps(body), result_headers(turn))
            case Text() | Call() | Refusal():
                collector.add(event)
    return 200


async def _stream(exchange: Exchange, run: Run, send: Send) -> int:
    encoder = ChatStream(
        exchange.turn.id, exchange.model, int(exchange.turn.created), exchange.include_usage
    )
    started = False
    async for event in run.events():
        if isinstance(event, Failed) and not started:
            raise event.error
        if not started:
            started = True
            headers = {**NO_BUFFERING, **result_headers(run.turn)}
            await respond(send, 200, b"", headers, more=True)
        match event:
            case Failed(error=error):
                data = error_event(error)
            case Closed(turn=turn):
                data = encoder.close(turn, exchange.snapshot.result_extra(turn))
            case Text() | Call() | Refusal():
                data = encoder.encode(event)
        await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return 200
