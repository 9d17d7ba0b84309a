"""Read a request body within its limit."""

from starlette.requests import ClientDisconnect, Request

from policies.errors import RequestError

_DIGITS = 18
"""Enough for any length; Python refuses to read thousands."""


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body. Raises `RequestError` 413 above `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:_DIGITS]) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            parts.append(part)
    except ClientDisconnect:
        raise RequestError("The client closed the connection before its body arrived.") from None
    return b"".join(parts)


def _too_large(limit: int) -> RequestError:
    return RequestError(
        f"The request body is larger than {limit} bytes. Send less, or ask the operator to raise "
        "max_body_bytes under [server] in config.toml.",
        status=413,
        code="request_too_large",
    )
