"""POST /v1/chat/completions: from HTTP to a turn, and from events back to HTTP."""

from dataclasses import dataclass, field

import orjson
from starlette.requests import Request

from policies.errors import RequestError
from policies.turn import Turn
from proxy.api.body import read_body
from proxy.api.caller import bearer
from proxy.api.serving import Endpoint, Exchange, Spoken, new_turn
from proxy.snapshot import Snapshot
from proxy.telemetry.base import Span
from proxy.wire.chat import ChatCollector, ChatStream, error_event
from proxy.wire.request import parse_body, take_extras

ROUTE = "/v1/chat/completions"


@dataclass(slots=True)
class ChatWire:
    """One answer as a chat completion."""

    snapshot: Snapshot
    stream: ChatStream
    streaming: bool
    collector: ChatCollector = field(default_factory=ChatCollector)

    def take(self, event: Spoken) -> bytes:
        """See `Wire`."""
        if self.streaming:
            return self.stream.encode(event)
        self.collector.add(event)
        return b""

    async def end(self, turn: Turn) -> bytes:
        """See `Wire`."""
        return self.stream.close(turn, self.snapshot.result_extra(turn))

    async def whole(self, turn: Turn) -> bytes:
        """See `Wire`."""
        extra = self.snapshot.result_extra(turn)
        done = self.collector.completion(turn, self.stream.model, self.stream.created, extra)
        return orjson.dumps(done)

    def broken(self, error: RequestError) -> bytes:
        """See `Wire`."""
        return error_event(error)


class ChatEndpoint(Endpoint):
    """The route."""

    def __init__(self) -> None:
        """Make it."""
        super().__init__(ROUTE, _open)


async def _open(request: Request, snapshot: Snapshot, span: Span, request_id: str) -> Exchange:
    """Read and check the request. Raises `RequestError`."""
    snapshot.authenticate(bearer(request))  # before anything is read for a stranger
    body = parse_body(await read_body(request, snapshot.config.server.max_body_bytes))
    received, extras = take_extras(body, request.headers.get("x-conversation-id"))
    turn = new_turn(request, snapshot, span, request_id, received=received, extras=extras)
    options = body.get("stream_options") or {}
    include_usage = options.get("include_usage") is True
    stream = ChatStream(turn.id, turn.alias, int(turn.created), include_usage)
    return Exchange(snapshot, turn, span, ChatWire(snapshot, stream, turn.stream))
