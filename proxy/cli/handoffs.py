"""`handrail handoffs`."""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from proxy.cli.options import config_option, json_option, load, log_to_stderr
from proxy.cli.parts import data_folder
from proxy.handoff.outbox import Outbox, Status
from proxy.stores import open_records

log = logging.getLogger("handrail.audit")

sink_option = click.option("--sink", help="Only deliveries to this sink.")


@click.group("handoffs")
def command() -> None:
    """Look at the deliveries of handoffs, and replay those that were given up."""


@command.command("list")
@config_option
@click.option(
    "--status",
    type=click.Choice([status.value for status in Status]),
    help="Only these; `dead` are those that were given up.",
)
@sink_option
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
def list_(
    config_path: Path, status: str | None, sink: str | None, limit: int, as_json: bool
) -> None:
    """List deliveries, oldest first, and count what waits. Shows no text of a conversation."""
    with _outbox(config_path) as outbox:
        wanted = None if status is None else Status(status)
        rows = outbox.entries(status=wanted, sink=sink, limit=limit)
        waiting = outbox.waiting(time.time())
    if as_json:
        counts = [
            {"sink": w.sink, "pending": w.pending, "dead": w.dead, "oldest_s": round(w.oldest_s, 1)}
            for w in waiting
        ]
        click.echo(json.dumps({"waiting": counts, "deliveries": [dict(row) for row in rows]}))
        return
    for row in rows:
        click.echo(_line(row))
    for w in waiting:
        age = f", the oldest for {w.oldest_s:.0f} s" if w.pending else ""
        click.echo(f"sink {w.sink}: {w.pending} pending{age}; {w.dead} dead", err=True)
    if not waiting:
        click.echo("Nothing waits to be delivered.", err=True)


@command.command("replay")
@config_option
@click.argument("handoff_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="All that were given up, instead of one.")
@sink_option
@json_option
def replay(
    config_path: Path, handoff_id: str | None, every: bool, sink: str | None, as_json: bool
) -> None:
    """Deliver the handoff ID again where that was given up, with all its tries.

    A running server does so within a second. The event keeps its id, so a sink that has
    taken it after all can tell.
    """
    if every == (handoff_id is not None):
        raise click.UsageError("name one handoff, or say --all")
    log_to_stderr()  # the audit line
    with _outbox(config_path) as outbox:
        count = outbox.replay(handoff_id=handoff_id, sink=sink)
    log.info("replayed %s to %s: %d deliveries", handoff_id or "all", sink or "all sinks", count)
    if as_json:
        click.echo(json.dumps({"replayed": count}))
    else:
        click.echo(f"{count} deliver{'y' if count == 1 else 'ies'} will be tried again.")
    sys.exit(0 if count or every else 1)


@contextmanager
def _outbox(config_path: Path) -> Iterator[Outbox]:
    """Open the records beside a server that may be running."""
    with closing(open_records(data_folder(load(config_path)))) as records:
        yield records.outbox


def _line(row: Mapping[str, Any]) -> str:
    tries = f"{row['attempts']} tr{'y' if row['attempts'] == 1 else 'ies'}"
    parts = [row["handoff_id"], f"{row['type']} to {row['sink']}", row["status"], tries]
    if row["error"]:
        parts.append(f"last error {row['error']}")
    if row["reference"]:
        parts.append(f"there {row['reference']}")
    return "  ".join(parts)
