"""Entry point: one group, each command in its own file, imported when it is called."""

import importlib
import os
import sys
from typing import Any

import click

from policies.errors import ConfigError, HandrailError
from proxy import __version__

_COMMANDS = {
    "serve": "proxy.cli.serve",
    "init": "proxy.cli.init",
    "check": "proxy.cli.check",
    "schema": "proxy.cli.schema",
    "ask": "proxy.cli.ask",
    "eval": "proxy.cli.eval",
    "calibrate": "proxy.cli.calibrate",
    "keys": "proxy.cli.keys",
    "erase": "proxy.cli.erase",
    "explain": "proxy.cli.explain",
    "policy": "proxy.cli.policy",
    "knowledge": "proxy.cli.knowledge",
    "handoffs": "proxy.cli.handoffs",
}


class _Lazy(click.Group):
    """Imports a command only when it runs: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return all names, in the order of a first use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="handrail")
def cli() -> None:
    """Handrail: a guardrail proxy for customer-support chatbots."""


def main(args: list[str] | None = None) -> Any:  # noqa: ANN401 - click's return value
    """Run the command line. Exit codes: 0 ok, 1 invalid input or failed check, 2 usage."""
    # Small matrices on many threads cost more than they save; numpy reads this once.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        return cli.main(args=args, prog_name="handrail")
    except ConfigError as error:
        click.echo(str(error), err=True)
    except HandrailError as error:
        click.echo(f"handrail: {error}", err=True)
    sys.exit(1)
