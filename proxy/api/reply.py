"""Send a response without a framework's detour."""

from collections.abc import Mapping

from starlette.types import Send


async def respond(
    send: Send, status: int, body: bytes, headers: Mapping[str, str], *, more: bool = False
) -> None:
    """Send status, headers and body; JSON unless a content type is given.

    With `more`, the body goes on in further messages.
    """
    all_headers = {"content-type": "application/json", **headers}
    if not more:
        all_headers["content-length"] = str(len(body))
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    if body or not more:
        await send({"type": "http.response.body", "body": body, "more_body": more})
