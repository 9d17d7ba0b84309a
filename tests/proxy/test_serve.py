"""Starting, reloading and stopping the two ports."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from policies.errors import ConfigError
from proxy.cli.main import main
from proxy.config.load import load_config
from proxy.serve import Ports, _run, bind, check_listening, reload
from proxy.telemetry import names
from proxy.vault.memory import MemoryVault


@pytest.fixture
def folder(tmp_path: Path, kit: Any) -> Path:
    """Return a folder with a configuration that could be served."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "returns.md").write_text(kit.PAGE)
    (tmp_path / "policy.toml").write_text(kit.POLICY)
    (tmp_path / "config.toml").write_text(kit.CONFIG.format(extra=""))
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port of which somebody else is the owner."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Undo what the command line does to the root logger."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept


def with_server(folder: Path, **changes: Any) -> Any:
    loaded = load_config(folder / "config.toml")
    server = loaded.config.server.model_copy(update=changes)
    return replace(loaded, config=loaded.config.model_copy(update={"server": server}))


def test_both_ports_are_bound_before_anything_else(folder: Path) -> None:
    ports = bind(load_config(folder / "config.toml"))
    try:
        numbers = {ports.proxy.getsockname()[1], ports.admin.getsockname()[1]}
        assert len(numbers) == 2
        assert 0 not in numbers
    finally:
        ports.proxy.close()
        ports.admin.close()


@pytest.mark.parametrize(("key", "flag"), [("port", "--port"), ("admin_port", "--admin-port")])
def test_a_port_in_use_names_the_way_out(folder: Path, taken: int, key: str, flag: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bind(with_server(folder, **{key: taken}))
    message = str(caught.value)
    assert f"127.0.0.1:{taken}" in message
    assert message.endswith(f"choose another with {flag}")
    assert "\n" not in message


async def test_nobody_listens_beyond_loopback_without_a_key(lab: Any) -> None:
    server = lab.loaded.config.server.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 - the point
    loaded = replace(lab.loaded, config=lab.loaded.config.model_copy(update={"server": server}))
    check_listening(lab.loaded, lab.stores)
    with pytest.raises(ConfigError, match="handrail keys add"):
        check_listening(loaded, lab.stores)
    await asyncio.to_thread(lab.stores.keys.add, "web")
    check_listening(loaded, lab.stores)


def spoil_data(folder: Path) -> str:
    (folder / "data").write_text("in the way")
    return "set data_dir under [stores] to another folder"


def spoil_page(folder: Path) -> str:
    (folder / "pages" / "broken.md").write_bytes(b"\xff\xfe\x00")
    return "broken.md"


def spoil_policy(folder: Path) -> str:
    (folder / "policy.toml").write_text("version = 1\n[defaults]\nmin_confidence = 2\n")
    return "policy.toml:3"


def spoil_config(folder: Path) -> str:
    path = folder / "config.toml"
    path.write_text(path.read_text() + "\n[serverr]\nport = 1\n")
    return "server"


@pytest.mark.parametrize("spoil", [spoil_data, spoil_page, spoil_policy, spoil_config])
@pytest.mark.usefixtures("own_logging")
def test_a_start_that_fails_says_why_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], spoil: Any
) -> None:
    expected = spoil(folder)
    with pytest.raises(SystemExit) as caught:
        main(["serve", "--config", str(folder / "config.toml")])
    assert caught.value.code == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "WARNING" not in line]
    assert len(told) == 1
    assert expected in told[0]


def test_the_real_command_ends_with_exit_code_1(folder: Path, taken: int) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "proxy", "serve", "--config", "config.toml", "--port", str(taken)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.endswith("choose another with --port")


@pytest.mark.parametrize("name", ["config.toml", "policy.toml", "pages/returns.md"])
async def test_a_reload_that_fails_keeps_what_is_served(
    lab: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    path = lab.folder / name
    path.write_bytes(b"\xff\xfe\x00 not valid")
    served = lab.snapshot
    replaced = await reload(lab.loaded.path, lab.stores, lab.live, asyncio.Lock())
    assert replaced is None
    assert lab.live.current is served
    assert "the old one stays" in caplog.text
    assert lab.telemetry.total(names.CONFIG_RELOADS, result="error") == 1
    assert (await lab.ask("returns: how long?")).status == 200


class Running:
    """A shop on two real ports."""

    def __init__(self, lab: Any) -> None:
        self.lab = lab
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for made in sockets:
            made.setblocking(False)
        self.ports = Ports(*sockets)
        self.url, self.admin = (f"http://127.0.0.1:{s.getsockname()[1]}" for s in sockets)
        self.task = asyncio.ensure_future(_run(lab.loaded, lab.stores, lab.live, self.ports))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


async def ready(running: Running, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{running.url}/readyz") as response:
        assert response.status == 200


CHAT = {"model": "bot", "stream": True, "messages": [{"role": "user", "content": "returns: x"}]}


async def test_sigterm_lets_answers_end_and_takes_no_more(
    labs: Any, kit: Any, http: aiohttp.ClientSession
) -> None:
    go = asyncio.Event()
    opened, *rest = kit.says("One is good. Two is good.", chunk=17)
    lab = await labs([opened, rest[0], go, *rest[1:]])
    running = Running(lab)
    await ready(running, http)
    chat = f"{running.url}/v1/chat/completions"
    async with http.post(chat, json=CHAT) as response:
        assert b"assistant" in await response.content.readany()
        os.kill(os.getpid(), signal.SIGTERM)
        await kit.until(lambda: lab.live.draining)
        await kit.until(lambda: running.ports.proxy.fileno() == -1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.get(f"{running.url}/livez")
        assert not running.task.done()
        go.set()
        body = await response.read()
    assert b"Two is good." in body
    assert body.endswith(b"data: [DONE]\n\n")
    await asyncio.wait_for(running.task, 20)
    [record] = await lab.records()
    assert record["action"] == "pass"
    assert lab.model.closed == 1


async def test_a_client_that_leaves_is_noticed_over_a_real_connection(
    labs: Any, kit: Any, http: aiohttp.ClientSession
) -> None:
    never = asyncio.Event()
    opened, first, *_ = kit.says("One is good. Two is good.", chunk=17)
    lab = await labs([opened, first, never])
    running = Running(lab)
    await ready(running, http)
    async with http.post(f"{running.url}/v1/chat/completions", json=CHAT) as response:
        await response.content.readany()
        response.close()
    await kit.until(lambda: lab.model.broken_off)
    [record] = await lab.records()
    assert record["disconnected"] is True
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(running.task, 20)


async def test_sighup_reloads_and_a_broken_file_changes_nothing(
    labs: Any, kit: Any, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await labs()
    running = Running(lab)
    await ready(running, http)
    served = lab.snapshot
    (lab.folder / "config.toml").write_text("version = 'one'")
    os.kill(os.getpid(), signal.SIGHUP)
    await kit.until(lambda: "the old one stays" in caplog.text)
    assert lab.snapshot is served
    async with http.get(f"{running.admin}/readyz") as response:
        assert response.status == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running.task, 20)


class Expired(MemoryVault):
    """Tells when it is purged."""

    purged = 0

    def purge(self) -> int:
        self.purged += 1
        return super().purge()


async def test_what_has_expired_is_erased_while_serving(
    labs: Any, kit: Any, http: aiohttp.ClientSession
) -> None:
    lab = await labs()
    vault = Expired()
    lab.stores = replace(lab.stores, vault=vault)
    running = Running(lab)
    await ready(running, http)
    await kit.until(lambda: vault.purged)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running.task, 20)
