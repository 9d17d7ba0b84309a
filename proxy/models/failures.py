"""What a provider's failure means to the pipeline.

The messages name the provider and the kind of failure. They never hold the provider's
body, which may echo the prompt, nor a key.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from policies.errors import UpstreamError

_WRONG_REQUEST = frozenset({400, 404, 422})
_TRY_AGAIN = frozenset({408, 409, 425, 429})


def status_error(
    provider: str,
    status: int,
    *,
    retry_after: float | None = None,
    should_retry: bool | None = None,
    too_long: bool = False,
) -> UpstreamError:
    """Return the error for an HTTP status that is no success.

    `should_retry` is what the provider itself said. `too_long` marks a request that this
    model can't hold, but a bigger one could: that is not the bot's mistake.
    """
    kind = "client" if status in _WRONG_REQUEST and not too_long else "status"
    retryable = status in _TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if should_retry is not None and kind == "status":
        retryable = should_retry and retryable
    msg = f"{provider}: HTTP status {status}"
    if too_long:
        msg = f"{provider}: the request is too long for the model (HTTP status {status})"
    return UpstreamError(
        msg, kind=kind, status=status, retry_after=retry_after, retryable=retryable
    )


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return how long the provider asks to wait, in seconds, or None.

    Reads `retry-after-ms`, then `retry-after` as seconds or as an HTTP date (RFC 9110,
    10.2.3). `headers` must look up case-insensitively or hold lower-case names.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if value is None or (seconds := _number(value)) is not None:
        return seconds if value is not None else None
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None
