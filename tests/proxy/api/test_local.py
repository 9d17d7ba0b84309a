"""Who may speak to a port that needs no key."""

import asyncio
from typing import Any

import pytest

PATHS = {"proxy": "/v1/models", "admin": "/handrail/v1/decisions"}

LOCAL = [
    {"host": "localhost"},
    {"host": "LOCALHOST:8080"},
    {"host": "127.0.0.1:1"},
    {"host": "[::1]:65535"},
    {"host": "[::1]", "origin": "http://localhost:3000"},
    {"host": "127.0.0.1", "origin": "https://[::1]"},
]
FOREIGN = [
    {"host": "evil.example"},
    {"host": "127.0.0.1.evil.example"},
    {"host": "localhost@evil.example"},
    {"host": "127.0.0.1:80:80"},
    {"host": ""},
    {"host": "192.168.1.5:8080"},
    {"host": "localhost", "origin": "https://evil.example"},
    {"host": "localhost", "origin": "http://localhost.evil.example"},
    {"host": "localhost", "origin": "null"},
]


@pytest.mark.parametrize("port", PATHS)
@pytest.mark.parametrize("headers", LOCAL)
async def test_programs_on_this_machine_need_no_key(
    lab: Any, port: str, headers: dict[str, str]
) -> None:
    reply = await getattr(lab, port).call("GET", PATHS[port], headers=headers)
    assert reply.status == 200


@pytest.mark.parametrize("port", PATHS)
@pytest.mark.parametrize("headers", FOREIGN)
async def test_web_pages_do(lab: Any, port: str, headers: dict[str, str]) -> None:
    reply = await getattr(lab, port).call("GET", PATHS[port], headers=headers)
    error = reply.json()["error"]
    assert (reply.status, error["code"]) == (403, "forbidden")
    assert ("Origin" if "origin" in headers else "Host") in error["message"]
    assert reply.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("headers", FOREIGN)
async def test_once_there_is_a_key_the_key_decides(labs: Any, headers: dict[str, str]) -> None:
    lab = await labs(config='[auth]\nadmin_key = "sesame-open"')
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    for port, secret in (("proxy", key), ("admin", "sesame-open")):
        client = getattr(lab, port)
        given = {**headers, "authorization": f"Bearer {secret}"}
        assert (await client.call("GET", PATHS[port], headers=given)).status == 200
        assert (await client.call("GET", PATHS[port], headers=headers)).status == 401
