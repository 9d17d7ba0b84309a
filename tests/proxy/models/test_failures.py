from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.models.failures import retry_after_s, status_error

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, now=NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_ignored(value: str) -> None:
    seconds = retry_after_s({"retry-after": value}, now=NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, "client", False),
        (401, "status", False),
        (402, "status", False),
        (403, "status", False),
        (404, "client", False),
        (302, "status", False),
        (408, "status", True),
        (409, "status", True),
        (413, "status", False),
        (422, "client", False),
        (429, "status", True),
        (500, "status", True),
        (529, "status", True),
    ],
)
def test_what_a_status_means(status: int, kind: str, retryable: bool) -> None:
    error = status_error("acme", status, retry_after=2.0)
    assert (error.kind, error.status, error.retryable) == (kind, status, retryable)
    assert error.retry_after == 2.0
    assert "acme" in str(error)


def test_the_provider_knows_better() -> None:
    assert not status_error("acme", 503, should_retry=False).retryable
    assert not status_error("acme", 401, should_retry=True).retryable
    long = status_error("acme", 400, too_long=True)
    assert (long.kind, long.retryable) == ("status", False)
