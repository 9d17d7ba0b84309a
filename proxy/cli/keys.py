"""`handrail keys`."""

import json
from pathlib import Path

import click

from policies.errors import ConfigError, Problem
from proxy.cli.options import config_option, json_option, load
from proxy.cli.parts import data_folder
from proxy.config.load import Loaded
from proxy.keys import KeyFile
from proxy.secrets import private_folder


@click.group("keys")
def command() -> None:
    """Make, list and revoke the bots' API keys."""


@command.command("add")
@config_option
@click.option("--bot", required=True, help="Who will use the key; shown in records.")
@click.option("--tenant", default="default", show_default=True, help="Whose data it may meet.")
@click.option("--allow-shadow", is_flag=True, help='Honour mode = "shadow" in its requests.')
@json_option
def add(config_path: Path, bot: str, tenant: str, allow_shadow: bool, as_json: bool) -> None:
    """Make a key. It is printed once; only its hash is kept."""
    if not bot.strip():
        raise click.BadParameter("must name the bot", param_hint="--bot")
    file = _open(load(config_path), create=True)
    try:
        key = file.add(bot, tenant, allow_shadow=allow_shadow)
    except OSError as error:
        raise _unwritable(file.path, error) from None
    key_id = file.entries()[-1].id
    if as_json:
        click.echo(json.dumps({"id": key_id, "key": key, "bot": bot, "tenant": tenant}))
        return
    click.echo(key)
    click.echo(f"{key_id} for bot {bot}. Keep the key now: it is not shown again.", err=True)


@command.command("list")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the keys: ids and bots, never the keys themselves."""
    entries = _open(load(config_path)).entries()
    rows = [
        {"id": e.id, "bot": e.bot, "tenant": e.tenant, "allow_shadow": e.allow_shadow}
        for e in entries
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        shadow = "  may use shadow mode" if row["allow_shadow"] else ""
        click.echo(f"{row['id']}  bot {row['bot']}  tenant {row['tenant']}{shadow}")
    if not rows:
        click.echo("There is no key: any key is taken, on loopback only.", err=True)


@command.command("remove")
@config_option
@click.argument("key_id", metavar="ID")
@json_option
def remove(config_path: Path, key_id: str, as_json: bool) -> None:
    """Revoke a key; it stops working at once."""
    file = _open(load(config_path))
    try:
        removed = file.remove(key_id)
    except OSError as error:
        raise _unwritable(file.path, error) from None
    if not removed:
        known = ", ".join(e.id for e in file.entries()) or "there is no key"
        raise ConfigError(Problem(str(file.path), None, key_id, f"is not a key id; known: {known}"))
    click.echo(json.dumps({"removed": key_id}) if as_json else f"{key_id} is revoked.")


def _open(loaded: Loaded, *, create: bool = False) -> KeyFile:
    if (named := loaded.config.auth.keys_file) is not None:
        return KeyFile(loaded.find(named))
    folder = data_folder(loaded)
    return KeyFile((private_folder(folder) if create else folder) / "keys.json")


def _unwritable(path: Path, error: OSError) -> ConfigError:
    message = f"the key file can't be written ({error.strerror}); check the folder's permissions"
    return ConfigError(Problem(str(path), None, "", message))
