"""From a customer's message to a help desk, over real ports and real files."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
from typing import Any

import aiohttp
from aiohttp import web

from proxy.serve import Ports, _run

KEY = bytes(range(32))
SINK = """
[handoff.sinks.desk]
url = "{url}"
secret = "whsec_{secret}"
private = true
timeout_s = 5
retry_s = 0.05
"""


class Desk:
    """A webhook receiver that is not well at first."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self.posts = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.posts += 1
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
        digest = hmac.new(KEY, signed.encode() + body, hashlib.sha256).digest()
        expected = f"v1,{base64.b64encode(digest).decode()}"
        if not hmac.compare_digest(expected, request.headers["webhook-signature"]):
            return web.Response(status=401)
        if self.posts == 1:
            return web.Response(status=503)
        self.events[request.headers["webhook-id"]] = json.loads(body)
        return web.Response(status=204)


async def test_what_a_customer_was_told_reaches_the_desk(labs: Any, kit: Any) -> None:
    desk = Desk()
    app = web.Application()
    app.router.add_post("/hook", desk.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    secret = base64.b64encode(KEY).decode()
    lab = await labs(
        files=True, values={"Ada": "PERSON"}, config=SINK.format(url=url, secret=secret)
    )
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    for made in sockets:
        made.setblocking(False)
    serving = asyncio.ensure_future(_run(lab.loaded, lab.stores, lab.live, Ports(*sockets)))
    base = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1"
    body = {
        "model": "bot",
        "messages": [{"role": "user", "content": "dispute: this is wrong, says Ada"}],
        "metadata": {"conversation_id": "chat-17"},
    }
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{base}/chat/completions", json=body) as answer,
    ):
        told = await answer.json()
    reference = told["handrail"]["handoff"]["id"]
    assert reference in told["choices"][0]["message"]["content"]
    await kit.until(lambda: desk.events)
    assert list(desk.events) == [reference]
    event = desk.events[reference]
    assert (event["type"], event["subject"]) == ("handoff.created", reference)
    assert event["data"]["conversation"]["id"] == "chat-17"
    assert "Ada" not in json.dumps(desk.events)
    assert desk.posts == 2
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 20)
    await runner.cleanup()
    [entry] = await asyncio.to_thread(lab.stores.records.outbox.entries)
    assert (entry["status"], entry["attempts"]) == ("delivered", 2)
