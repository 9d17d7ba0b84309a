"""Options that several commands share."""

import logging
import sys
from pathlib import Path

import click

from proxy.config.load import Loaded, load_config

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def load(path: Path) -> Loaded:
    """Load a configuration and print its warnings. Raises `ConfigError`."""
    loaded = load_config(path)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    return loaded


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write Handrail's own log lines; libraries are heard from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("handrail").setLevel(level)
    # Presidio logs the values it meets at debug and what it skips at warning.
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
