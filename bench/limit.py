"""The limit: the cheapest proxy in Python that parses what passes. UPSTREAM names the server."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

URL = os.environ.get("UPSTREAM", "http://127.0.0.1:9100/v1") + "/chat/completions"
HEADERS = {"content-type": "application/json"}


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app.state.session = session
        yield


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    rest = b""
    try:
        async for block in response.content.iter_any():
            *whole, rest = (rest + block).split(b"\n\n")
            for event in whole:
                done = event == b"data: [DONE]"
                data = b"[DONE]" if done else orjson.dumps(orjson.loads(event[6:]))
                yield b"data: " + data + b"\n\n"
    finally:
        response.release()


async def _completions(request: Request) -> Response:
    body = orjson.loads(await request.body())
    session: aiohttp.ClientSession = request.app.state.session
    response = await session.post(URL, data=orjson.dumps(body), headers=HEADERS)
    if body.get("stream"):
        return StreamingResponse(_events(response), media_type="text/event-stream")
    answer = orjson.loads(await response.read())
    return Response(orjson.dumps(answer), media_type="application/json")


app = Starlette(
    routes=[Route("/v1/chat/completions", _completions, methods=["POST"])], lifespan=_lifespan
)
