import asyncio
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest
from aiohttp import web

from policies.errors import UpstreamError
from proxy.models.http_body import HttpBody


async def _serve(parts: Sequence[bytes], pause_s: float = 0.0) -> tuple[web.AppRunner, str]:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in parts:
            await response.write(part)
            await asyncio.sleep(pause_s)
        return response

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}/"


async def _read(
    parts: Sequence[bytes], *, timeout_s: float = 5, max_bytes: int = 10_000, pause_s: float = 0
) -> AsyncIterator[HttpBody]:
    runner, url = await _serve(parts, pause_s)
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            yield HttpBody("own", response, timeout_s, max_bytes)
    finally:
        await runner.cleanup()


async def test_a_whole_body_comes_back_as_it_was_sent() -> None:
    async for body in _read([b'{"a":', b" 1}"]):
        data = await body.whole()
        assert body.json(data) == {"a": 1}


@pytest.mark.parametrize(("data", "said"), [(b"", "is empty"), (b"<html>", "is not JSON")])
async def test_what_is_no_json_is_a_protocol_error_that_quotes_nothing(
    data: bytes, said: str
) -> None:
    async for body in _read([b"x"]):
        with pytest.raises(UpstreamError, match=said) as caught:
            body.json(data)
        assert caught.value.kind == "protocol"
        assert "html" not in str(caught.value)


async def test_a_body_over_the_limit_is_refused() -> None:
    async for body in _read([b"x" * 600, b"x" * 600], max_bytes=1000):
        with pytest.raises(UpstreamError, match="too long"):
            await body.whole()


async def test_events_arrive_however_they_are_cut() -> None:
    async for body in _read([b"data: on", b"e\n\nda", b"ta: two\n\n"]):
        assert [event.data async for event in body.events()] == ["one", "two"]


async def test_comments_do_not_buy_time() -> None:
    async for body in _read([b": ping\n\n"] * 40, timeout_s=0.2, pause_s=0.05):
        with pytest.raises(UpstreamError) as caught:
            _ = [event async for event in body.events()]
        assert caught.value.kind == "timeout"
