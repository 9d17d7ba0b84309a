"""An OpenAI-compatible upstream that costs almost nothing: raw ASGI, one fixed answer.

uvicorn upstream:app --port 9100. The answer is supported by `page.md`.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

ANSWER = (
    "Thank you for getting in touch, and I am sorry that the kettle has stopped working. "
    "A broken kettle is repaired free of charge within 24 months of purchase. "
    "To book the repair, open your account, choose Purchases, select the item and press Book a "
    "repair. A courier collects the item within 2 business days. "
    "If you would rather return it unused, goods can be returned within 45 days of delivery for a "
    "full refund. The refund reaches the original card within 6 business days."
)
WORDS = ANSWER.split(" ")
BASE = {"id": "chatcmpl-bench", "created": 1760000000, "model": "bench"}
USAGE = {"prompt_tokens": 180, "completion_tokens": 90, "total_tokens": 270}


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    chunk = {**BASE, "object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _whole() -> bytes:
    message = {"role": "assistant", "content": ANSWER, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    body = {**BASE, "object": "chat.completion", "usage": USAGE, "choices": [choice]}
    return json.dumps(body).encode()


EVENTS = [
    _event({"role": "assistant", "content": ""}),
    *(
        _event({"content": (" " if i else "") + " ".join(WORDS[i : i + 2])})
        for i in range(0, len(WORDS), 2)
    ),
    _event({}, "stop"),
    b"data: [DONE]\n\n",
]
FULL = _whole()

Message = dict[str, Any]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer every POST alike."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    stream = b'"stream":true' in body.replace(b" ", b"")
    kind = b"text/event-stream" if stream else b"application/json"
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    parts = EVENTS if stream else [FULL]
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
