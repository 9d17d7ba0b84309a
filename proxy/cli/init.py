"""`handrail init`."""

from importlib.resources import files
from pathlib import Path

import click

from policies.errors import ConfigError, Problem

_STARTER = "starter"


def starter_files() -> dict[str, str]:
    """Return the files of a new folder: path inside it to text."""
    own = files("proxy.cli").joinpath(_STARTER)
    policy = files("policies").joinpath("support.toml")
    return {
        "config.toml": own.joinpath("config.toml").read_text(encoding="utf-8"),
        "policies/support.toml": policy.read_text(encoding="utf-8"),
        "knowledge/returns.md": own.joinpath("returns.md").read_text(encoding="utf-8"),
    }


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Write a configuration, a policy and an example page into FOLDER (default: here)."""
    made = {folder / name: text for name, text in starter_files().items()}
    taken = [path for path in made if path.exists()]
    if taken:
        raise ConfigError(
            *(
                Problem(str(path), None, "", "exists already; choose another folder or move it")
                for path in taken
            )
        )
    try:
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        message = f"can't be written ({error.strerror}); choose another folder"
        raise ConfigError(Problem(str(folder), None, "", message)) from None
    for path in made:
        click.echo(f"wrote {path}")
    config = folder / "config.toml"
    click.echo(f'Next: handrail check --config {config} && handrail ask --config {config} "..."')
