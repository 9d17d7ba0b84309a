"""Which routes there are, and that nothing else is served."""

from typing import Any

import pytest

ENVELOPE = {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/v1", "/v1/completions", "/v1/files", "/v1/chat/completions/", "/chat/completions"),
        *("/v1/chat/completions/x", "/handrail/v1/decisions", "/metrics", "/docs", "/openapi.json"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_unknown_routes_are_refused(lab: Any, path: str, method: str) -> None:
    reply = await lab.proxy.call(method, path, {"model": "bot"})
    assert reply.status == 404
    assert set(reply.json()["error"]) == ENVELOPE
    assert reply.json()["error"]["code"] == "not_found"
    assert lab.model.calls == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
    ],
)
async def test_wrong_methods_are_refused(lab: Any, method: str, path: str, allowed: str) -> None:
    reply = await lab.proxy.call(method, path, {"model": "bot"})
    assert reply.status == 405
    assert set(reply.json()["error"]) == ENVELOPE
    assert sorted(reply.headers["allow"].split(", ")) == sorted(allowed.split(", "))


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/nothing"])
async def test_the_admin_port_serves_no_bots(lab: Any, path: str) -> None:
    reply = await lab.admin.call("POST", path, {"model": "bot"})
    assert reply.status == 404
    assert set(reply.json()["error"]) == ENVELOPE


@pytest.mark.parametrize("port", ["proxy", "admin"])
async def test_both_ports_answer_probes(lab: Any, port: str) -> None:
    client = getattr(lab, port)
    assert (await client.call("GET", "/livez")).status == 200
    assert (await client.call("GET", "/readyz")).status == 200
