import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web

from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.http import Http

OPEN = Http("desk", private=True)


async def failed(http: Http, url: str, **given: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await http.send("POST", url, headers={"x-token": "SECRET"}, body=b"PACKET", **given)
    text = str(caught.value)
    assert text.startswith("desk: ")
    assert not any(word in text for word in ("SECRET", "PACKET", url, "ECHO"))
    assert caught.value.__cause__ is None
    return caught.value


async def test_an_answer_of_success_comes_back(desks: Any) -> None:
    desk = await desks((201, {"id": 7}))
    answer = await OPEN.send("POST", f"{desk.url}/x?y=1", headers={"x-token": "t"}, body=b"{}")
    assert answer.json() == {"id": 7}
    [seen] = desk.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/x?y=1", b"{}")
    assert seen.headers["x-token"] == "t"
    assert seen.headers["user-agent"].startswith("Handrail/")


@pytest.mark.parametrize(
    ("status", "kind", "final", "gone"),
    [
        (400, "http_400", True, False),
        (401, "http_401", False, False),
        (403, "http_403", False, False),
        (404, "http_404", False, False),
        (409, "http_409", False, False),
        (410, "gone", True, True),
        (413, "http_413", True, False),
        (422, "http_422", True, False),
        (429, "http_429", False, False),
        (500, "http_500", False, False),
        (503, "http_503", False, False),
    ],
)
async def test_what_a_status_means(
    desks: Any, status: int, kind: str, final: bool, gone: bool
) -> None:
    desk = await desks((status, b"ECHO of the packet"))
    error = await failed(OPEN, desk.url)
    assert (error.kind, error.final, error.gone) == (kind, final, gone)


async def test_retry_after_is_read_as_seconds(desks: Any) -> None:
    desk = await desks((429, b"", {"retry-after": "17"}))
    assert (await failed(OPEN, desk.url)).retry_after_s == 17


async def test_a_redirect_is_refused_and_not_followed(desks: Any) -> None:
    other = await desks((200, {}))
    desk = await desks((302, b"", {"location": f"{other.url}/ECHO"}))
    error = await failed(OPEN, desk.url)
    assert (error.kind, error.final) == ("redirect", False)
    assert other.seen == []


@pytest.mark.parametrize("whole", [True, False])
async def test_a_web_page_is_no_confirmation(desks: Any, whole: bool) -> None:
    desk = await desks((200, b"\n <!DOCTYPE html><title>ECHO</title>"))
    assert (await failed(OPEN, desk.url, whole=whole)).kind == "web_page"


async def test_text_that_is_sent_as_html_is_a_confirmation(desks: Any) -> None:
    desk = await desks((200, b"ok", {"content-type": "text/html"}))
    answer = await OPEN.send("POST", desk.url, headers={}, whole=False)
    assert answer.body == b"ok"


@pytest.mark.parametrize("body", [b"", b"not json", b"[1]", b"[" * 100_000])
async def test_what_is_no_json_object_is_a_protocol_failure(desks: Any, body: bytes) -> None:
    desk = await desks((200, body))
    answer = await OPEN.send("GET", desk.url, headers={})
    with pytest.raises(DeliveryError, match="not the JSON") as caught:
        answer.json()
    assert caught.value.kind == "protocol"


async def test_long_answers_are_cut_off_or_left_unread(desks: Any) -> None:
    desk = await desks((200, b"x" * 5000))
    assert (await failed(Http("desk", private=True, max_answer=4999), desk.url)).kind == "protocol"
    answer = await Http("desk", private=True).send("POST", desk.url, headers={}, whole=False)
    assert 256 <= len(answer.body) <= 5000


async def test_a_receiver_that_confirms_and_then_falls_silent_has_confirmed(desks: Any) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"o")
        await asyncio.sleep(30)
        return response

    desk = await desks(silent)
    answer = await OPEN.send("POST", desk.url, headers={}, whole=False)
    assert answer.body == b"o"


async def test_a_connection_that_breaks_is_named_without_its_message(desks: Any) -> None:
    def broken(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    desk = await desks(broken)
    assert (await failed(OPEN, desk.url)).kind == "connection"
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert (await failed(OPEN, f"http://127.0.0.1:{port}")).kind == "connection"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_private_addresses_are_refused_before_anything_is_sent(desks: Any, host: str) -> None:
    desk = await desks((200, {}))
    error = await failed(Http("desk"), desk.url.replace("127.0.0.1", host))
    assert error.kind == "address"
    assert "private = true" in str(error)
    assert desk.seen == []


async def test_a_name_is_judged_by_the_address_that_is_connected_to(desks: Any) -> None:
    desk = await desks((200, {}))
    answer = await OPEN.send("POST", desk.url.replace("127.0.0.1", "localhost"), headers={})
    assert answer.body == b"{}"


async def test_a_header_that_cannot_be_sent_is_a_failure_and_not_quoted() -> None:
    with pytest.raises(DeliveryError) as caught:
        await OPEN.send("POST", "http://127.0.0.1:1/", headers={"x": "SECRET\r\ny: z"})
    assert "SECRET" not in str(caught.value)
