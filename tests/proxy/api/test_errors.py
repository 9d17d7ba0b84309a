import json
import logging
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from policies.errors import RequestError
from proxy.api.errors import LastResort, on_http_error, on_request_error, response_of

SCOPE: dict[str, Any] = {"type": "http", "method": "POST", "path": "/v1/Anna", "headers": []}


async def nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def test_an_error_has_all_four_keys_and_its_headers() -> None:
    error = RequestError("no", status=429, code="slow", retry=True, retry_after=2.5)
    response = response_of(error)
    assert response.status_code == 429
    assert json.loads(bytes(response.body)) == {
        "error": {"message": "no", "type": "invalid_request_error", "param": None, "code": "slow"}
    }
    assert response.headers["x-should-retry"] == "true"
    assert response.headers["retry-after-ms"] == "2500"


@pytest.mark.parametrize("status", [400, 404, 405, 418])
async def test_what_the_router_refuses_becomes_the_envelope(status: int) -> None:
    response = await on_http_error(Request(SCOPE), HTTPException(status, "detail"))
    assert response.status_code == status
    assert set(json.loads(bytes(response.body))["error"]) == {"message", "type", "param", "code"}
    assert "detail" not in bytes(response.body).decode()


async def test_only_request_errors_are_handled_as_such() -> None:
    with pytest.raises(ValueError, match="other"):
        await on_request_error(Request(SCOPE), ValueError("other"))


@pytest.mark.parametrize("started", [False, True])
async def test_the_last_resort_tells_nobody_what_the_error_said(
    caplog: pytest.LogCaptureFixture, started: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        msg = "Anna Berg"
        raise ValueError(msg)

    await LastResort(app)(SCOPE, nothing, send)
    assert sent[0]["status"] == (200 if started else 500)
    assert len(sent) == (1 if started else 2)
    assert "ValueError" in caplog.text
    assert "Anna" not in caplog.text + repr(sent)


async def test_the_last_resort_stays_out_of_the_way() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send((scope, receive))

    await LastResort(app)(SCOPE, nothing, send)
    assert sent == [(SCOPE, nothing)]
