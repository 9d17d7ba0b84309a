"""Reading the body of a provider's answer: bounded in time and size, errors translated."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import orjson

from policies.errors import UpstreamError
from proxy.models.sse import EventParser, EventTooLongError, ServerEvent

_GRACE_S = 0.05
"""How long the end of the connection may lag behind the end of the answer."""


class HttpBody:
    """One body. Every method raises `UpstreamError` of kind `timeout` or `protocol`."""

    def __init__(
        self, provider: str, response: aiohttp.ClientResponse, timeout_s: float, max_bytes: int
    ) -> None:
        """`timeout_s` bounds a whole body, and the silence between two events."""
        self._provider = provider
        self._content = response.content
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes

    async def events(self) -> AsyncGenerator[ServerEvent, None]:
        """Yield server-sent events until the connection ends."""
        parser = EventParser()
        received = 0
        deadline = self._deadline()
        while data := await self._read(deadline):
            received += len(data)
            try:
                events = parser.feed(data)
            except EventTooLongError:
                raise self._too_long() from None
            if received > self._max_bytes:
                raise self._too_long()
            for event in events:
                yield event
            if events:  # comments keep the connection alive, not our patience
                deadline = self._deadline()
        for event in parser.close():
            yield event

    async def whole(self) -> bytes:
        """Return the whole body."""
        deadline = self._deadline()
        body = bytearray()
        while data := await self._read(deadline):
            body += data
            if len(body) > self._max_bytes:
                raise self._too_long()
        return bytes(body)

    def json(self, body: bytes | str) -> object:
        """Parse JSON."""
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            what = "is not JSON" if body.strip() else "is empty"
            raise self._failed(f"the answer {what}", "protocol") from None

    async def rest(self) -> None:
        """Read to the end if it is near, so that the connection can serve the next call."""
        try:
            async with asyncio.timeout(_GRACE_S):
                while await self._content.readany():
                    pass
        except (TimeoutError, aiohttp.ClientError, OSError):
            return

    async def _read(self, deadline: float) -> bytes:
        """Return what has arrived, empty at the end."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._content.readany()
        except TimeoutError:
            raise self._failed(f"silent for {self._timeout_s:g} s", "timeout") from None
        except (aiohttp.ClientError, OSError):
            raise self._failed("the answer was cut off", "protocol") from None

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._timeout_s

    def _too_long(self) -> UpstreamError:
        return self._failed("the answer is too long", "protocol")

    def _failed(self, what: str, kind: str) -> UpstreamError:
        return UpstreamError(f"{self._provider}: {what}", kind=kind)
