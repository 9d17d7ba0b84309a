"""From HTTP to a turn, and from events back to HTTP: what all formats of answers share."""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from policies.errors import RequestError
from policies.text import Raw
from policies.turn import Turn
from proxy.api.caller import bearer
from proxy.api.reply import respond
from proxy.pipeline import Run
from proxy.snapshot import Snapshot
from proxy.stream.events import Call, Closed, Failed, Refusal, Text
from proxy.telemetry import names
from proxy.telemetry.base import AttributeValue, Span
from proxy.wire.chat import error_body
from proxy.wire.headers import NO_BUFFERING, error_headers, new_request_id, result_headers
from proxy.wire.request import Extras, Received

Spoken = Text | Call | Refusal
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
"""BCP 47 as far as support needs it; anything longer could be text, and locales are recorded."""


class Wire(Protocol):
    """One answer in one wire format."""

    def take(self, event: Spoken) -> bytes:
        """Take what leaves; return what a stream sends for it."""
        ...

    async def end(self, turn: Turn) -> bytes:
        """Return the rest of a stream; nothing follows it."""
        ...

    async def whole(self, turn: Turn) -> bytes:
        """Return the body of an answer that is not streamed."""
        ...

    def broken(self, error: RequestError) -> bytes:
        """Return the end of a stream that fails after it began."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request being answered."""

    snapshot: Snapshot
    turn: Turn
    span: Span
    wire: Wire


Open = Callable[[Request, Snapshot, Span, str], Awaitable[Exchange]]
"""Reads a request with its snapshot, span and id; raises `RequestError`."""
Answer = Callable[[Snapshot, Span, str], Awaitable[int]]
"""Answers a request within its span and returns the HTTP status; raises `RequestError`."""


class ClientGoneError(Exception):
    """The client closed the connection."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route as a bare ASGI application: no detour on the hot path."""

    route: str
    open: Open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)

        async def answer(snapshot: Snapshot, span: Span, request_id: str) -> int:
            exchange = await self.open(request, snapshot, span, request_id)
            return await _serve(exchange, receive, send)

        await traced(request, self.route, send, answer)


async def traced(request: Request, route: str, send: Send, answer: Answer) -> None:
    """Answer one request under a server span; errors leave in OpenAI's envelope."""
    snapshot: Snapshot = request.scope["app"].state.live.current
    span = snapshot.telemetry.start(
        names.SPAN_SERVER.format(route=route),
        kind="server",
        traceparent=request.headers.get("traceparent"),
        attributes={names.HTTP_METHOD: "POST", names.HTTP_ROUTE: route},
    )
    request_id = new_request_id()
    start = time.perf_counter()
    status = 200
    try:
        status = await answer(snapshot, span, request_id)
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
        labels: dict[str, AttributeValue] = {names.HTTP_ROUTE: route, names.HTTP_STATUS: status}
        snapshot.telemetry.measure(names.REQUEST_DURATION, seconds, labels)
        if status >= 500:  # noqa: PLR2004 - HTTP
            span.fail(str(status))
        span.end()


def new_turn(  # noqa: PLR0913 - what a turn is made of
    request: Request,
    snapshot: Snapshot,
    span: Span,
    request_id: str,
    *,
    received: Received,
    extras: Extras,
    route: str = "chat",
) -> Turn:
    """Begin a turn with a request in the form of a chat completion's.

    Raises `RequestError` for a model that there is not.
    """
    body = received.body
    alias = snapshot.alias(str(body["model"]))
    return Turn(
        id=f"hr_{secrets.token_hex(12)}",
        request_id=request_id,
        created=time.time(),
        received=Raw(received),
        authorization=Raw(bearer(request)),
        route=route,
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


def _structured(body: dict[str, Any]) -> bool:
    wanted = (body.get("response_format") or {}).get("type")
    return wanted in ("json_object", "json_schema")


async def _serve(exchange: Exchange, receive: Receive, send: Send) -> int:
    """Run the pipeline and send what comes out; returns the HTTP status."""
    run = exchange.snapshot.pipeline.start(exchange.turn, exchange.span)
    watcher = asyncio.create_task(_watch(receive, run))
    try:
        answer = _stream if exchange.turn.stream else _whole
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
    async for event in run.events():
        match event:
            case Failed(error=error):
                raise error
            case Closed(turn=turn):
                await respond(send, 200, await exchange.wire.whole(turn), result_headers(turn))
            case Text() | Call() | Refusal():
                exchange.wire.take(event)
    return 200


async def _stream(exchange: Exchange, run: Run, send: Send) -> int:
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
                data = exchange.wire.broken(error)
            case Closed(turn=turn):
                data = await exchange.wire.end(turn)
            case Text() | Call() | Refusal():
                data = exchange.wire.take(event)
        await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return 200
