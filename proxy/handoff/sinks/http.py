"""One HTTP request to a sink: no redirects, no private addresses, bounded answers."""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohappyeyeballs import AddrInfoType

from proxy import __version__
from proxy.handoff.sinks.addresses import refusal
from proxy.handoff.sinks.base import DeliveryError
from proxy.models.failures import retry_after_s

MAX_ANSWER = 4 * 2**20
"""Bytes read of an answer."""
_LATER = frozenset({401, 403, 404, 408, 409, 421, 423, 425, 429})
"""Statuses that an operator or time can mend; other 4xx refuse the delivery itself."""
_BEGIN = 256
"""Bytes in which a web page shows itself."""
_BEGIN_S = 1.0
_HTML = (b"<!doctype html", b"<html")
_ADVICE = {
    401: "; check the sink's secret",
    403: "; check the rights of the sink's secret",
    404: "; check the sink's url",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sink answered with a status of success."""

    sink: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises `DeliveryError`."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise DeliveryError(
                f"{self.sink}: the answer is not the JSON of such a service; check the sink's url",
                kind="protocol",
            )
        return value


class Http:
    """Sends requests for one sink. Each has its own connection: handoffs are rare."""

    def __init__(self, sink: str, *, private: bool = False, max_answer: int = MAX_ANSWER) -> None:
        """`private` allows addresses that the internet can't reach."""
        self._sink = sink
        self._private = private
        self._max_answer = max_answer

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        whole: bool = True,
    ) -> Answer:
        """Send one request. Raises `DeliveryError`; the caller bounds the time.

        Without `whole` only the beginning of the answer is looked at: a receiver that has
        confirmed is not asked again because of what it adds.
        """
        refused: list[str] = []
        given = {"accept-encoding": "identity", "user-agent": f"Handrail/{__version__}", **headers}
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(socket_factory=self._guard(refused)),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    timeout=aiohttp.ClientTimeout(total=None),
                    auto_decompress=False,
                    trust_env=False,
                ) as session,
                session.request(
                    method, url, data=body, headers=given, allow_redirects=False
                ) as response,
            ):
                if response.status // 100 != HTTPStatus.OK // 100:
                    raise self._status(response)
                read = self._read if whole else self._begin
                return Answer(self._sink, response.headers, self._checked(await read(response)))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if refused:
                raise self._failed(
                    f"its host {refused[0]}; set private = true if that is meant", "address"
                ) from None
            raise self._failed(f"no answer ({type(error).__name__})", "connection") from None

    def _guard(self, refused: list[str]) -> Callable[[AddrInfoType], socket.socket]:
        """Judge the very address that is connected to: a name may resolve to another next time."""

        def make(info: AddrInfoType) -> socket.socket:
            family, kind, protocol, _, address = info
            if (why := refusal(str(address[0]), private=self._private)) is not None:
                refused.append(why)
                raise OSError(why)
            return socket.socket(family, kind, protocol)

        return make

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        while data := await response.content.readany():
            body += data
            if len(body) > self._max_answer:
                raise self._failed("the answer is too long; check the sink's url", "protocol")
        return bytes(body)

    async def _begin(self, response: aiohttp.ClientResponse) -> bytes:
        body = b""
        with suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(_BEGIN_S):
                while len(body) < _BEGIN and (data := await response.content.read(_BEGIN)):
                    body += data
        return body

    def _checked(self, body: bytes) -> bytes:
        if body[:_BEGIN].lstrip().lower().startswith(_HTML):
            raise self._failed("answered with a web page; check the sink's url", "web_page")
        return body

    def _status(self, response: aiohttp.ClientResponse) -> DeliveryError:
        status = response.status
        if status // 100 == HTTPStatus.MULTIPLE_CHOICES // 100:
            what = "answered with a redirect, which is not followed; set its url to the final one"
            return self._failed(what, "redirect")
        gone = status == HTTPStatus.GONE
        client = status // 100 == HTTPStatus.BAD_REQUEST // 100
        return DeliveryError(
            f"{self._sink}: HTTP status {status}{_ADVICE.get(status, '')}",
            kind="gone" if gone else f"http_{status}",
            final=client and status not in _LATER,
            gone=gone,
            retry_after_s=retry_after_s(response.headers),
        )

    def _failed(self, what: str, kind: str) -> DeliveryError:
        return DeliveryError(f"{self._sink}: {what}", kind=kind)
