"""POST /v1/embeddings and /v1/moderations: redacted, forwarded, answered in known shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from policies.errors import UpstreamError
from policies.turn import Turn
from proxy.api.body import read_body
from proxy.api.caller import bearer
from proxy.api.reply import respond
from proxy.api.serving import new_turn, traced
from proxy.refusals import refusal
from proxy.snapshot import Snapshot
from proxy.telemetry.base import Span
from proxy.wire import forwarded as wire
from proxy.wire.request import parse_json, take_extras


@dataclass(frozen=True, slots=True)
class ForwardEndpoint:
    """One such route."""

    name: str
    """`embeddings` or `moderations`."""
    read: Callable[[dict[str, Any]], dict[str, Any]]
    """From the bot's body to messages; raises `RequestError`."""
    show: Callable[[object, str], dict[str, Any]]
    """From the provider's answer, and the alias, to ours; raises `UpstreamError`."""

    @property
    def route(self) -> str:
        """The path."""
        return f"/v1/{self.name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)

        async def answer(snapshot: Snapshot, span: Span, request_id: str) -> int:
            snapshot.authenticate(bearer(request))  # before anything is read for a stranger
            body = parse_json(await read_body(request, snapshot.config.server.max_body_bytes))
            received, extras = take_extras(self.read(body), None)
            turn = new_turn(
                request,
                snapshot,
                span,
                request_id,
                received=received,
                extras=extras,
                route=self.name,
            )
            for stage in ("authenticate", "redact"):
                turn = await snapshot.pipeline.step(stage, turn, span)
            done = await self._asked(snapshot, turn, body, span)
            headers = {"x-request-id": request_id, "X-Trace-Id": span.trace_id}
            await respond(send, 200, orjson.dumps(done), headers)
            return 200

        await traced(request, self.route, send, answer)

    async def _asked(
        self, snapshot: Snapshot, turn: Turn, body: dict[str, Any], span: Span
    ) -> dict[str, Any]:
        sent = wire.forwarded(turn.request, body["input"])
        answer = await snapshot.forwarder.ask(self.name, turn.alias, sent, span)
        try:
            return self.show(answer, turn.alias)
        except UpstreamError as error:
            raise refusal(error) from None


def embeddings() -> ForwardEndpoint:
    """Return the route of embeddings."""
    return ForwardEndpoint("embeddings", wire.embeddings_request, wire.embeddings_answer)


def moderations() -> ForwardEndpoint:
    """Return the route of moderations."""
    return ForwardEndpoint("moderations", wire.moderations_request, wire.moderations_answer)
