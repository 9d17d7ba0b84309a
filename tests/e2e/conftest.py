"""Real servers: one in this process over a fake model, one real process for the session."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
START_S = 100.0


@pytest.fixture
async def serving() -> AsyncIterator[Callable[[Any], Awaitable[str]]]:
    """Return `start(lab)`: serves a shop on a real port and returns the base URL."""
    from proxy.api.app import proxy_app  # noqa: PLC0415 - heavy
    from proxy.serve import _server  # noqa: PLC0415

    running: list[tuple[Any, asyncio.Task[None]]] = []

    async def start(lab: Any) -> str:
        sock = socket.create_server(("127.0.0.1", 0))
        server = _server(proxy_app(lab.live), 5)
        running.append((server, asyncio.ensure_future(server.serve(sockets=[sock]))))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/v1"

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, task in running:
        await asyncio.wait_for(task, 20)


CONFIG = """
version = 1
[server]
shutdown_s = 20
[providers.pages]
kind = "extractive"
[providers.script]
kind = "scripted"
file = "replies.toml"
[models.pages]
provider = "pages"
model = "extractive"
[models.script]
provider = "script"
model = "script-1"
[tiers.pages]
models = ["pages"]
[tiers.script]
models = ["script"]
[aliases."*"]
tiers = ["pages"]
[aliases.script]
tiers = ["script"]
[knowledge]
sources = ["pages/*.md"]
[policy]
file = "policy.toml"
[pii]
markets = ["GB"]
[handoff]
environment = "test"
"""

POLICY = """
version = 1
id = "small-shop"
[defaults]
escalation_text = "A colleague takes over. Your reference is {reference}."
[intents.returns]
examples = [
  "how long may I return a parcel", "can I send it back", "what is your return policy",
  "how many days do I have to return it", "return window for parcels",
]
[intents.delivery]
examples = [
  "how much is delivery", "what does shipping cost", "delivery costs to my country",
  "is shipping free", "how much do I pay for postage",
]
[intents.legal]
examples = ["I will sue you", "my lawyer will contact you", "see you in court"]
automation = "immediate"
cache = false
"""

RETURNS = """# Returns

Parcels may go back within 30 days of delivery. We refund the price after we receive the parcel.
"""

REPLIES = """
[[replies]]
match = "slowly"
reply = "Parcels may go back within 30 days of delivery. We refund the price after we receive it."
chunk = 8
delay_ms = 150
[[replies]]
match = "invent"
reply = "Every parcel comes with a free bicycle and a holiday in Spain."
[[replies]]
reply = "Parcels may go back within 30 days of delivery."
"""


@dataclass
class RealServer:
    """`handrail serve` in a process of its own."""

    process: subprocess.Popen[bytes]
    folder: Path
    url: str
    admin: str

    def log(self) -> str:
        return (self.folder / "log.txt").read_text()


def _free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """Start the real thing once per file: real redaction, real classifier, real grounding."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "pages").mkdir()
    (folder / "pages" / "returns.md").write_text(RETURNS)
    (folder / "policy.toml").write_text(POLICY)
    (folder / "replies.toml").write_text(REPLIES)
    (folder / "config.toml").write_text(CONFIG)
    port, admin_port = _free_ports()
    command = [sys.executable, "-m", "proxy", "serve", "--config", "config.toml"]
    command += ["--port", str(port), "--admin-port", str(admin_port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stderr=log)  # noqa: S603 - our own command
    server = RealServer(
        process, folder, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}"
    )
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(server: RealServer) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert server.process.poll() is None, server.log()
        try:
            with urlopen(f"{server.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own
                if answer.status == 200:
                    return
        except (URLError, TimeoutError):
            pass
    pytest.fail(f"not ready after {START_S:.0f} s: {server.log()}")
