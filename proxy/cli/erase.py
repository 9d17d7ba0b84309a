"""`handrail erase`."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.erasure import Erased, Erasure
from proxy.privacy import open_erasure

tenant_option = click.option(
    "--tenant", default="default", show_default=True, help="Whose customer it is."
)


@click.group("erase")
def command() -> None:
    """Erase what is kept about a customer or a conversation: vault, records, packets."""


@command.command("customer")
@config_option
@click.argument("ref", metavar="REF")
@tenant_option
@json_option
def customer(config_path: Path, ref: str, tenant: str, as_json: bool) -> None:
    """Erase every conversation that named the customer REF; - reads it from standard input."""
    _erase(config_path, lambda kept: kept.customer(tenant, _given(ref)), as_json)


@command.command("conversation")
@config_option
@click.argument("name", metavar="ID")
@tenant_option
@json_option
def conversation(config_path: Path, name: str, tenant: str, as_json: bool) -> None:
    """Erase the conversation ID; - reads it from standard input."""
    _erase(config_path, lambda kept: kept.conversation(tenant, _given(name)), as_json)


def _given(name: str) -> str:
    """Command lines are seen by every user of the machine; standard input is not."""
    return sys.stdin.readline().strip() if name == "-" else name


def _erase(config_path: Path, erase: Callable[[Erasure], Erased], as_json: bool) -> None:
    log_to_stderr()  # the audit line
    with open_erasure(load(config_path)) as kept:
        try:
            done = erase(kept)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        f"Erased: {done.values} values, {done.decisions} decision records, "
        f"{done.handoffs} handoffs, {done.responses} responses."
    )
