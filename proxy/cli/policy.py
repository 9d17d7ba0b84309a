"""`handrail policy`."""

import getpass
import json
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from policies.errors import ConfigError, Problem
from policies.rules import EVERYTHING
from proxy.cli.options import config_option, json_option, load
from proxy.cli.parts import data_folder
from proxy.config.load import Loaded
from proxy.config.policy import policy_file, read_policy
from proxy.records.views import rfc3339
from proxy.secrets import private_folder
from proxy.switch.base import Change, Move, clean_name, tightened
from proxy.switch.open import open_switches

_all_option = click.option("--all", "everything", is_flag=True, help="Everything, not one intent.")
_by_option = click.option("--by", help="Who it is, for the audit; your user name by default.")
_intent = click.argument("intent", required=False)


@click.group("policy")
def command() -> None:
    """After an incident: send an intent, or everything, to people, and undo it."""


@command.command("tighten")
@config_option
@_intent
@_all_option
@_by_option
@json_option
def tighten(
    config_path: Path, intent: str | None, everything: bool, by: str | None, as_json: bool
) -> None:
    """Send INTENT (or --all) to people, in force within seconds wherever it is served."""
    loaded = load(config_path)
    wanted = _wanted(intent, everything=everything)
    known = read_policy(loaded).intents
    if wanted != EVERYTHING and wanted not in known:
        text = f"there is no intent {wanted!r}; known: {', '.join(sorted(known))}"
        raise ConfigError(Problem(str(policy_file(loaded)), None, "intents", text))
    _turn(loaded, Move.TIGHTEN, wanted, by, as_json)


@command.command("relax")
@config_option
@_intent
@_all_option
@_by_option
@json_option
def relax(
    config_path: Path, intent: str | None, everything: bool, by: str | None, as_json: bool
) -> None:
    """Undo `tighten`: INTENT (or --all) follows the policy file again."""
    _turn(load(config_path), Move.RELAX, _wanted(intent, everything=everything), by, as_json)


@command.command("log")
@config_option
@json_option
def show(config_path: Path, as_json: bool) -> None:
    """Show who switched what and when, and what goes to people now."""
    with closing(open_switches(load(config_path))) as store:
        _print(store.changes(), as_json)


def _wanted(intent: str | None, *, everything: bool) -> str:
    if everything == (intent is not None):
        raise click.UsageError("name one INTENT, or --all for everything")
    return intent or EVERYTHING


def _turn(loaded: Loaded, move: Move, intent: str, by: str | None, as_json: bool) -> None:
    private_folder(data_folder(loaded))
    who = clean_name(by or f"{_user()} at the command line")
    with closing(open_switches(loaded)) as store:
        store.append(Change(rfc3339(time.time()), who, move, intent))
        _print(store.changes(), as_json)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run without an entry for its user
        return "unknown"


def _print(changes: Sequence[Change], as_json: bool) -> None:
    now = tightened(changes)
    if as_json:
        shown = {
            "all": EVERYTHING in now,
            "intents": sorted(set(now) - {EVERYTHING}),
            "changes": [
                {"at": c.at, "who": c.who, "what": c.move.value, "intent": c.intent}
                for c in changes
            ],
        }
        click.echo(json.dumps(shown))
        return
    for change in changes:
        click.echo(str(change))
    if EVERYTHING in now:
        click.echo("Everything goes to people; undo with: handrail policy relax --all")
    for name in sorted(set(now) - {EVERYTHING}):
        click.echo(f"Intent {name} goes to people; undo with: handrail policy relax {name}")
    if not now:
        click.echo("Nothing is tightened: the policy file decides.")
