import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from proxy.api.caller import bearer


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("BEARER abc", "abc"),
        ("Basic abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("", None),
    ],
)
def test_the_bearer_key_is_read(header: str, expected: str | None) -> None:
    scope = {"type": "http", "headers": [(b"authorization", header.encode())]}
    assert bearer(Request(scope)) == expected


async def test_models_need_a_key_once_there_is_one(lab: Any) -> None:
    assert (await lab.proxy.call("GET", "/v1/models")).status == 200
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    refused = await lab.proxy.call("GET", "/v1/models")
    assert (refused.status, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    headers = {"authorization": f"Bearer {key}"}
    assert (await lab.proxy.call("GET", "/v1/models", headers=headers)).status == 200


ADMIN_ROUTES = [
    ("POST", "/handrail/v1/check"),
    ("POST", "/handrail/v1/redact"),
    ("POST", "/handrail/v1/classify"),
    ("GET", "/handrail/v1/handoffs"),
    ("GET", "/handrail/v1/handoffs/x"),
    ("GET", "/handrail/v1/decisions"),
    ("GET", "/handrail/v1/decisions/x"),
    ("GET", "/metrics"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
async def test_the_admin_key_guards_every_admin_route(labs: Any, method: str, path: str) -> None:
    lab = await labs(config='[auth]\nadmin_key = "sesame-open"')
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer s\u00e9same"}):
        reply = await lab.admin.call(method, path, {"text": "x"}, headers)
        assert reply.status == 401
        assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    known = {"authorization": "Bearer sesame-open"}
    assert (await lab.admin.call(method, path, {"text": "x"}, known)).status != 401


async def test_a_bot_s_key_does_not_open_the_admin_port(labs: Any) -> None:
    lab = await labs(config='[auth]\nadmin_key = "sesame-open"')
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    headers = {"authorization": f"Bearer {key}"}
    assert (await lab.admin.call("GET", "/handrail/v1/decisions", headers=headers)).status == 401
