"""What every format of answers shares; each format's own tests hold the rest."""

import asyncio
from typing import Any

import pytest

from policies.errors import UpstreamError
from proxy.telemetry import names

BODIES = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "returns: x"}]},
    "/v1/responses": {"input": "returns: x"},
}


@pytest.fixture(params=BODIES)
def route(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


async def post(lab: Any, route: str, **changes: Any) -> Any:
    body = {"model": "bot", **BODIES[route], **changes}
    return await lab.proxy.call(
        "POST", route, body, {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    )


async def test_each_request_is_traced_and_timed_under_its_route(lab: Any, route: str) -> None:
    reply = await post(lab, route)
    await lab.settle()
    assert lab.spans[0] == f"POST {route}"
    assert reply.headers["x-trace-id"] == "a" * 32
    measured = [
        labels for name, _, labels in lab.telemetry.measures if name == names.REQUEST_DURATION
    ]
    assert [labels[names.HTTP_ROUTE] for labels in measured] == [route]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_failure_before_the_first_word_is_a_status(
    labs: Any, route: str, stream: bool
) -> None:
    lab = await labs([UpstreamError("fake: HTTP status 400", kind="client", status=400)])
    reply = await post(lab, route, stream=stream)
    assert reply.status == 400
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    assert reply.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_left_costs_no_record(
    labs: Any, kit: Any, route: str, stream: bool
) -> None:
    go = asyncio.Event()
    first, *rest = kit.says("One is good. Two is good.", chunk=14)
    lab = await labs([first, rest[0], go, *rest[1:]])
    body = {"model": "bot", **BODIES[route], "stream": stream}
    under_way = lab.proxy.open("POST", route, body)
    await kit.until(lambda: lab.model.reading)
    under_way.leave()
    await under_way.task
    [record] = await lab.records()
    assert record["disconnected"] is True
    assert lab.model.broken_off == 1
