"""Response headers: what a bot may read of the verdict. Low cardinality, no text."""

import secrets
from collections.abc import Iterator

from policies.confidence import verdict
from policies.errors import RequestError
from policies.turn import Turn
from proxy.records.views import action_of

NO_BUFFERING = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


def result_headers(turn: Turn) -> dict[str, str]:
    """Return the X-Handrail-* headers that are known so far.

    Action, verdict and confidence are left out until there is a decision: a header can't
    be corrected once it has left.
    """
    return dict(_headers(turn))


def _headers(turn: Turn) -> Iterator[tuple[str, str]]:
    yield "x-request-id", turn.request_id
    yield "X-Handrail-Id", turn.id
    yield "X-Handrail-Policy", _ascii(f"{turn.policy.id}@{turn.policy.version}")
    yield "X-Handrail-Cache", "hit" if turn.cache.status == "hit" else _looked(turn)
    if turn.trace_id:
        yield "X-Trace-Id", turn.trace_id
    if turn.intent:
        yield "X-Handrail-Intent", _ascii(turn.intent)
    if turn.tier:
        yield "X-Handrail-Tier", _ascii(turn.tier)
    if turn.decision is None:
        return
    yield "X-Handrail-Action", action_of(turn)
    yield "X-Handrail-Verdict", verdict(turn)
    if turn.confidence is not None:
        yield "X-Handrail-Confidence", f"{turn.confidence:.2f}"
    if turn.handoff is not None:
        yield "X-Handrail-Handoff-Id", turn.handoff.id


def _looked(turn: Turn) -> str:
    return "miss" if turn.cache.status in ("miss", "store") else "bypass"


def _ascii(text: str) -> str:
    """A configured name as a header value: no control characters, no line breaks."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:100]


def new_request_id() -> str:
    """Return an id for `x-request-id`, which SDKs show in their exceptions."""
    return f"req_{secrets.token_hex(16)}"


def error_headers(error: RequestError) -> dict[str, str]:
    """Return the headers that tell an SDK whether and when to try again."""
    headers: dict[str, str] = {}
    if error.retry is not None:
        headers["x-should-retry"] = "true" if error.retry else "false"
    if error.retry_after is not None:
        # Clients ignore or refuse to wait for longer than a minute.
        seconds = min(60.0, max(0.0, error.retry_after))
        headers["retry-after"] = str(max(1, round(seconds)))
        headers["retry-after-ms"] = str(round(seconds * 1000))
    if error.status == 401:  # noqa: PLR2004 - HTTP
        headers["www-authenticate"] = "Bearer"
    return headers
