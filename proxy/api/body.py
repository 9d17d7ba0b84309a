"""Read a request body within its limits."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from policies.errors import RequestError

_DIGITS = 18
"""Enough for any length; Python refuses to read thousands."""


WITHIN_S = 30.0
"""Time for the whole body to arrive."""


async def read_body(request: Request, limit: int, within_s: float = WITHIN_S) -> bytes:
    """Return the body. Raises `RequestError` 413 above `limit` bytes, 408 after `within_s`."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:_DIGITS]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(within_s):
            return await _read(request, limit)
    except ClientDisconnect:
        raise RequestError("The client closed the connection before its body arrived.") from None
    except TimeoutError:
        raise RequestError(
            f"The request body did not arrive within {within_s:g} seconds.",
            status=408,
            code="request_timeout",
            retry=False,
        ) from None


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> RequestError:
    return RequestError(
        f"The request body is larger than {limit} bytes. Send less, or ask the operator to raise "
        "max_body_bytes under [server] in config.toml.",
        status=413,
        code="request_too_large",
    )
