import pytest

from policies.errors import UpstreamError
from proxy.refusals import internal, refusal, where


@pytest.mark.parametrize(
    ("kind", "upstream", "status", "retry"),
    [
        ("client", 400, 400, False),
        ("client", 404, 404, False),
        ("client", 413, 413, False),
        ("client", 422, 422, False),
        ("client", 418, 400, False),
        ("client", None, 400, False),
        ("timeout", None, 504, False),
        ("connection", None, 502, None),
        ("protocol", None, 502, False),
        ("status", 429, 429, None),
        ("status", 503, 503, None),
        ("status", 500, 502, None),
        ("status", 401, 502, None),
        ("status", None, 502, None),
    ],
)
def test_what_a_bot_hears_of_a_provider(
    kind: str, upstream: int | None, status: int, retry: bool | None
) -> None:
    error = refusal(UpstreamError("p: it failed", kind=kind, status=upstream, retry_after=3.0))
    assert (error.status, error.retry) == (status, retry)
    assert error.retry_after == (None if kind == "client" else 3.0)
    assert error.kind == ("invalid_request_error" if kind == "client" else "server_error")
    assert "p: it failed" in error.message


def test_our_own_failure_is_not_tried_again() -> None:
    assert (internal().status, internal().retry) == (500, False)


def test_the_log_gets_type_and_place_and_no_message() -> None:
    try:
        raise ValueError("Anna Berg")  # noqa: TRY301
    except ValueError as error:
        told = where(error)
    assert told.startswith("ValueError at ")
    assert __file__.rpartition("/")[2] in told
    assert "Anna" not in told
    assert where(ValueError("never raised")) == "ValueError at ?"
