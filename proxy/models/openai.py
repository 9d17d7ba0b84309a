"""Any server that speaks OpenAI's chat completions, directly over aiohttp.

The only traffic is the request itself: no proxy from the environment, no cookies, no
redirects. Nothing of the bot's own headers goes along.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

from policies.errors import UpstreamError
from proxy.models.base import SCOPE, ModelEvent
from proxy.models.chunks import ChunkReader
from proxy.models.failures import retry_after_s, status_error
from proxy.models.http_body import HttpBody
from proxy.models.local import choices_of
from proxy.models.sse import ServerEvent

MAX_BYTES = 32 * 1024 * 1024
_ERROR_BYTES = 64 * 1024
_DONE = "[DONE]"
_ERROR_WAIT_S = 1.0
"""How long the body of an error may take: its status is known already."""
_TOO_LONG = b"context_length_exceeded"
_SUCCESS = 2
_SHOULD_RETRY = {"true": True, "false": False}


class OpenAIClient:
    """A `ModelClient` for one base URL; keeps connections open between calls."""

    forwards = frozenset({"embeddings", "moderations"})

    def __init__(  # noqa: PLR0913 - one parameter per setting of a provider
        self,
        provider: str,
        base_url: str,
        api_key: str | None,
        *,
        system: str = "openai",
        local: bool = False,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        connections: int = 256,
    ) -> None:
        """Open nothing yet. `base_url` ends before `/chat/completions`."""
        self.provider = provider
        self.system = system
        self.local = local
        self._url = base_url.rstrip("/")
        self._headers = {"accept-encoding": "identity", "content-type": "application/json"}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"
        self._headers |= headers or {}
        self._max_bytes = max_bytes
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Ask for a chat completion; see `ModelClient.stream`."""
        asked = self._written(_asked(model, request))
        response = await self._post("chat/completions", asked, timeout_s)
        try:
            if response.status // 100 != _SUCCESS:
                raise await self._status(response)
            body = HttpBody(self.provider, response, timeout_s, self._max_bytes)
            reader = ChunkReader(self.provider, choices_of(request))
            if _is_stream(response, asked=bool(request.get("stream"))):
                async with aclosing(self._events(body, reader)) as events:
                    async for event in events:
                        yield event
                await body.rest()
            else:
                for event in reader.whole(body.json(await body.whole())):
                    yield event
            response.release()
        finally:
            response.close()

    async def ask(
        self, route: str, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> object:
        """Post to another route; see `Forwarding.ask`."""
        body = self._written({**request, "model": model})
        response = await self._post(route, body, timeout_s)
        try:
            if response.status // 100 != _SUCCESS:
                raise await self._status(response)
            answer = HttpBody(self.provider, response, timeout_s, self._max_bytes)
            value = answer.json(await answer.whole())
            response.release()
            return value
        finally:
            response.close()

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _written(self, request: Mapping[str, Any]) -> bytes:
        try:
            return orjson.dumps(request, default=dict)
        except TypeError:  # half of a surrogate pair, say
            msg = f"{self.provider}: the request can't be written as JSON"
            raise UpstreamError(msg, kind="client", status=400, retryable=False) from None

    async def _post(self, route: str, body: bytes, timeout_s: float) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._open_session().post(
                    f"{self._url}/{route}",
                    data=body,
                    headers=self._headers,
                    allow_redirects=False,
                )
        except TimeoutError:
            raise self._failed(f"no answer within {timeout_s:g} s", "timeout") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise self._failed("no connection", "connection") from None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # bounded per wait, by the caller
                trust_env=False,
            )
        return self._session

    async def _events(
        self, body: HttpBody, reader: ChunkReader
    ) -> AsyncGenerator[ModelEvent, None]:
        done = False
        async with aclosing(body.events()) as events:
            async for event in events:
                if done := event.data.strip() == _DONE:
                    break
                for item in reader.chunk(_value(body, event)):
                    yield item
        for last in reader.end(done=done):
            yield last

    async def _status(self, response: aiohttp.ClientResponse) -> UpstreamError:
        try:
            body = await HttpBody(self.provider, response, _ERROR_WAIT_S, _ERROR_BYTES).whole()
        except UpstreamError:
            body = b""
        return status_error(
            self.provider,
            response.status,
            retry_after=retry_after_s(response.headers),
            should_retry=_SHOULD_RETRY.get(response.headers.get("x-should-retry", "")),
            too_long=response.status == HTTPStatus.BAD_REQUEST and _TOO_LONG in body,
        )

    def _failed(self, what: str, kind: str) -> UpstreamError:
        return UpstreamError(f"{self.provider}: {what}", kind=kind)


def _asked(model: str, request: Mapping[str, Any]) -> dict[str, Any]:
    body = {**request, "model": model}
    body.pop(SCOPE, None)
    if body.get("stream"):
        options = body.get("stream_options")
        if options is None or isinstance(options, Mapping):
            # Needed to know the cost; what the bot said explicitly holds.
            body["stream_options"] = {"include_usage": True, **(options or {})}
    else:
        body.pop("stream_options", None)
    return body


def _is_stream(response: aiohttp.ClientResponse, *, asked: bool) -> bool:
    """Some servers stream unasked, some ignore `stream`, some send no content type."""
    if "content-type" not in response.headers:
        return asked
    return response.content_type == "text/event-stream"


def _value(body: HttpBody, event: ServerEvent) -> object:
    value = body.json(event.data)
    if event.name == "error" and isinstance(value, dict):
        return {"error": value.get("error") or value or True}
    return value
