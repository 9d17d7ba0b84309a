"""Two ports, one process: bind, serve, reload, drain."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from policies.errors import ConfigError, HandrailError, Problem
from proxy.api.app import admin_app, proxy_app
from proxy.config.load import LOOPBACK, Loaded, load_config
from proxy.handoff.worker import DeliveryWorker
from proxy.privacy import build_keeper
from proxy.snapshot import Live, Snapshot
from proxy.telemetry import names
from proxy.watch import watch_config, watch_knowledge
from proxy.wiring import Stores, build, open_stores

log = logging.getLogger("handrail.start")

_MARGIN_S = 5.0
"""What the servers get beyond their own grace period before they are left alone."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Listening sockets; bound before anything heavy is loaded."""

    proxy: socket.socket
    admin: socket.socket


def bind(loaded: Loaded) -> Ports:
    """Bind both ports. Raises `ConfigError` that names the port and what to do."""
    server = loaded.config.server
    proxy = _bind(server.host, server.port, "port")
    try:
        return Ports(proxy, _bind(server.admin_host, server.admin_port, "admin_port"))
    except ConfigError:
        proxy.close()
        raise


def _bind(host: str, port: int, key: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(2048)
        made.setblocking(False)
    except OSError as error:
        made.close()
        flag = "--admin-port" if key == "admin_port" else "--port"
        text = f"can't listen on {host}:{port} ({error.strerror}); choose another with {flag}"
        raise ConfigError(Problem("server", None, key, text)) from None
    return made


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to `serve`: there are two of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers."""
        yield


def check_listening(loaded: Loaded, stores: Stores) -> None:
    """Refuse to listen beyond loopback while nobody needs a key."""
    host = loaded.config.server.host
    if host not in LOOPBACK and not stores.keys.entries():
        text = (
            f"host {host} is reachable from outside, and no API key exists; make one with "
            "`handrail keys add --bot NAME`, or listen on 127.0.0.1"
        )
        raise ConfigError(Problem(str(loaded.path), None, "server.host", text))


async def serve(loaded: Loaded, ports: Ports) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way."""
    with ports.proxy, ports.admin:
        stores = await asyncio.to_thread(open_stores, loaded)
        try:
            check_listening(loaded, stores)
            live = Live(await asyncio.to_thread(build, loaded, stores))
            await _run(loaded, stores, live, ports)
        finally:
            await stores.close()


async def _run(loaded: Loaded, stores: Stores, live: Live, ports: Ports) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    reloading = asyncio.Lock()

    async def again() -> None:
        replaced = await reload(loaded.path, stores, live, reloading)
        if replaced is not None:
            tasks.append(loop.create_task(replaced.pipeline.close()))

    tasks: list[asyncio.Task[None]] = []
    loop.add_signal_handler(signal.SIGHUP, lambda: tasks.append(loop.create_task(again())))
    grace = loaded.config.server.shutdown_s
    servers = [_server(proxy_app(live), grace), _server(admin_app(live), grace)]
    tasks += [
        asyncio.create_task(server.serve(sockets=[sock]))
        for server, sock in zip(servers, (ports.proxy, ports.admin), strict=True)
    ]
    tasks.append(asyncio.create_task(watch_knowledge(live, loaded, stop)))
    tasks.append(asyncio.create_task(watch_config(live, loaded, stop, again)))
    tasks.append(asyncio.create_task(build_keeper(loaded.config, stores).purge_hourly(stop)))
    worker = DeliveryWorker(
        stores.records.outbox, lambda: live.current.sinks, stores.io, stores.telemetry
    )
    tasks.append(asyncio.create_task(worker.run(stop)))
    _announce(stores, ports)
    await stop.wait()
    live.draining = True
    for server in servers:
        server.should_exit = True
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), grace + _MARGIN_S)
    await live.current.pipeline.close(grace)


def _server(app: ASGIApp, grace: float) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=round(grace),
            timeout_keep_alive=75,
            h11_max_incomplete_event_size=65536,
        )
    )


def _announce(stores: Stores, ports: Ports) -> None:
    host, port = ports.proxy.getsockname()[:2]
    admin_host, admin_port = ports.admin.getsockname()[:2]
    log.info("proxy  http://%s:%s/v1   (set this as the bot's base_url)", host, port)
    log.info("admin  http://%s:%s", admin_host, admin_port)
    if not stores.keys.entries():
        log.info("no API key exists: any key is taken, on loopback only")


async def reload(path: Path, stores: Stores, live: Live, lock: asyncio.Lock) -> Snapshot | None:
    """Replace the snapshot if the new configuration is valid; otherwise keep the old one.

    Returns the one that was replaced: requests under way still use it.
    """
    async with lock:
        replaced = None
        try:
            fresh = await asyncio.to_thread(lambda: build(load_config(path), stores))
            replaced, live.current = live.current, fresh
            log.info("configuration reloaded: %s", fresh.hash)
        except HandrailError as error:
            log.error("configuration not reloaded, the old one stays:\n%s", error)  # noqa: TRY400 - the message is the point
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything; serving goes on
            why = type(error).__name__
            log.error("configuration not reloaded, the old one stays: %s", why)  # noqa: TRY400 - one line
        result = "error" if replaced is None else "ok"
        stores.telemetry.count(names.CONFIG_RELOADS, 1, {"result": result})
    return replaced
