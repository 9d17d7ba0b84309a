import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from policies.errors import RequestError
from proxy.api.body import read_body


def request(*messages: dict[str, Any], length: str | None = None) -> Request:
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    headers = [] if length is None else [(b"content-length", length.encode("latin-1"))]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def parts(*bodies: bytes) -> list[dict[str, Any]]:
    last = len(bodies) - 1
    return [
        {"type": "http.request", "body": body, "more_body": n < last}
        for n, body in enumerate(bodies)
    ]


async def test_parts_are_joined() -> None:
    assert await read_body(request(*parts(b"ab", b"", b"cd")), 4) == b"abcd"


@pytest.mark.parametrize("length", ["5", "99999999999999999999", "9" * 5000])
async def test_a_declared_length_over_the_limit_is_refused_unread(length: str) -> None:
    with pytest.raises(RequestError, match="larger than 4 bytes") as caught:
        await read_body(request(length=length), 4)
    assert (caught.value.status, caught.value.code) == (413, "request_too_large")


@pytest.mark.parametrize("length", [None, "1", "\u00b2", "-1", "x"])
async def test_what_really_arrives_counts(length: str | None) -> None:
    with pytest.raises(RequestError, match="max_body_bytes"):
        await read_body(request(*parts(b"abc", b"de"), length=length), 4)


async def test_a_client_that_leaves_is_no_bug() -> None:
    gone = {"type": "http.disconnect"}
    with pytest.raises(RequestError, match="closed the connection"):
        await read_body(request(parts(b"ab", b"")[0], gone), 4)


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    silent = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(RequestError, match="did not arrive") as caught:
        await read_body(silent, 4, within_s=0.001)
    assert (caught.value.status, caught.value.retry) == (408, False)
