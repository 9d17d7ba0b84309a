"""POST /v1/responses: another wire format around the same pipeline; GET and DELETE by id."""

import secrets
import time
from dataclasses import dataclass

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from policies.errors import RequestError, StoreError
from policies.turn import Turn
from proxy.api.body import read_body
from proxy.api.caller import authenticated, bearer
from proxy.api.serving import Endpoint, Exchange, Spoken, new_turn
from proxy.responses.keeper import Past
from proxy.snapshot import Snapshot
from proxy.telemetry.base import Span
from proxy.wire.headers import new_request_id
from proxy.wire.request import check_fields, check_messages, parse_json, take_extras
from proxy.wire.responses import ResponseBuilder, redacted_events, written
from proxy.wire.responses_request import Asked, kept_echo, read_request

ROUTE = "/v1/responses"


@dataclass(slots=True)
class ResponseWire:
    """One answer as a response."""

    snapshot: Snapshot
    builder: ResponseBuilder
    asked: Asked
    past: Past | None

    def take(self, event: Spoken) -> bytes:
        """See `Wire`."""
        return written(self.builder.take(event))

    async def end(self, turn: Turn) -> bytes:
        """See `Wire`."""
        stored = await self._kept(turn)
        return written(self.builder.end(turn, self.snapshot.result_extra(turn), stored=stored))

    async def whole(self, turn: Turn) -> bytes:
        """See `Wire`."""
        stored = await self._kept(turn)
        *_, last = self.builder.end(turn, self.snapshot.result_extra(turn), stored=stored)
        return orjson.dumps(last["response"])

    def broken(self, error: RequestError) -> bytes:
        """See `Wire`."""
        return written(self.builder.fail(error))

    async def _kept(self, turn: Turn) -> bool:
        """Keep the turn before the bot can ask for it."""
        if not self.asked.store or turn.profile == "utility":
            return False
        previous = self.past.id if self.past else None
        echo = kept_echo(turn.request, previous)
        made = self.builder
        builder = ResponseBuilder(made.id, made.model, made.created, echo, store=True)
        for event in redacted_events(turn):
            list(builder.take(event))
        *_, last = builder.end(turn, self.snapshot.result_extra(turn), stored=True)
        new = len(self.asked.messages)
        return await self.snapshot.responses.keep(turn, new, self.past, last["response"])


class ResponsesEndpoint(Endpoint):
    """The route that creates responses."""

    def __init__(self) -> None:
        """Make it."""
        super().__init__(ROUTE, _open)


async def _open(request: Request, snapshot: Snapshot, span: Span, request_id: str) -> Exchange:
    """Read and check the request. Raises `RequestError`."""
    caller = snapshot.authenticate(bearer(request))  # before anything is read for a stranger
    body = parse_json(await read_body(request, snapshot.config.server.max_body_bytes))
    check_fields(body)
    asked = read_request(body)
    past = None
    if asked.previous is not None:
        past = await snapshot.responses.past(caller.tenant, asked.previous, time.time())
    chat = asked.chat(past.messages if past else ())
    check_messages(chat["messages"])
    received, extras = take_extras(chat, request.headers.get("x-conversation-id"))
    turn = new_turn(
        request, snapshot, span, request_id, received=received, extras=extras, route="responses"
    )
    stored = asked.store and turn.profile != "utility"
    name = f"resp_{secrets.token_hex(24)}"
    builder = ResponseBuilder(name, turn.alias, int(turn.created), asked.echo, store=stored)
    return Exchange(snapshot, turn, span, ResponseWire(snapshot, builder, asked, past))


def response_routes() -> list[Route]:
    """Return the routes: create, look at, erase."""
    return [
        Route(ROUTE, ResponsesEndpoint(), methods=["POST"]),
        Route(f"{ROUTE}/{{id}}", get_response, methods=["GET"]),
        Route(f"{ROUTE}/{{id}}", delete_response, methods=["DELETE"]),
    ]


async def get_response(request: Request) -> Response:
    """Return a kept response, as the bot got it."""
    if request.query_params.get("stream", "false") != "false":
        raise RequestError("A kept response can't be streamed; leave it out.", param="stream")
    snapshot = await authenticated(request)
    tenant = snapshot.authenticate(bearer(request)).tenant
    found = await snapshot.responses.show(tenant, request.path_params["id"], time.time())
    return JSONResponse(found, headers={"x-request-id": new_request_id()})


async def delete_response(request: Request) -> Response:
    """Erase a kept response, and the values behind it with the last of its thread."""
    snapshot = await authenticated(request)
    tenant = snapshot.authenticate(bearer(request)).tenant
    name = request.path_params["id"]
    thread = await snapshot.responses.delete(tenant, name)
    if thread is not None:
        try:
            await run_in_threadpool(snapshot.erasure.conversation, tenant, thread)
        except StoreError:
            raise RequestError(
                "The response is erased, but the personal values behind it could not be; they "
                "expire. An operator can erase them now, see the operations guide.",
                status=503,
                kind="server_error",
                code="erasure_failed",
            ) from None
    body = {"id": name, "object": "response", "deleted": True}
    return JSONResponse(body, headers={"x-request-id": new_request_id()})
