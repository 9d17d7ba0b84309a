"""`handrail serve`."""

import resource
from dataclasses import replace
from pathlib import Path

import click

from proxy.cli.options import config_option, load, log_to_stderr
from proxy.config.load import Loaded


@click.command("serve")
@config_option
@click.option("--host", help="Listen here instead of [server] host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of [server] port.")
@click.option("--admin-port", type=click.IntRange(0, 65535), help="Instead of admin_port.")
def command(config_path: Path, host: str | None, port: int | None, admin_port: int | None) -> None:
    """Serve the proxy and the admin port."""
    import uvloop  # noqa: PLC0415 - only this command needs it

    from proxy.serve import bind, serve  # noqa: PLC0415 - heavy

    log_to_stderr()
    no_core_files()
    loaded = _override(load(config_path), host, port, admin_port)
    ports = bind(loaded)
    uvloop.run(serve(loaded, ports))


def no_core_files() -> None:
    """A crash must not write the values in memory into a file."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _override(loaded: Loaded, host: str | None, port: int | None, admin_port: int | None) -> Loaded:
    given = {"host": host, "port": port, "admin_port": admin_port}
    changes = {key: value for key, value in given.items() if value is not None}
    server = loaded.config.server.model_copy(update=changes)
    return replace(loaded, config=loaded.config.model_copy(update={"server": server}))
