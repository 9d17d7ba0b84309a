"""`env:NAME`, `env:NAME?default` and `file:/path` as whole values."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.errors import ConfigError, Problem
from policies.strict import dotted

Place = tuple[str | int, ...]


def resolve(
    table: dict[str, Any],
    lines: Mapping[Place, int],
    file: str,
    environ: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a copy with every reference replaced. Raises `ConfigError` with all problems.

    Values of variables and files never appear in a message.
    """
    problems: list[Problem] = []
    environment = os.environ if environ is None else environ

    def walk(value: Any, place: Place) -> Any:  # noqa: ANN401 - any TOML value
        if isinstance(value, dict):
            return {key: walk(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, (*place, n)) for n, item in enumerate(value)]
        if isinstance(value, str):
            try:
                return _resolve_one(value, environment)
            except LookupError as error:
                line = next(
                    (lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None
                )
                problems.append(Problem(file, line, dotted(place), str(error.args[0])))
        return value

    resolved: dict[str, Any] = walk(table, ())
    if problems:
        raise ConfigError(*problems)
    return resolved


def _resolve_one(value: str, environ: Mapping[str, str]) -> str:
    if value.startswith("env:"):
        name, optional, default = value[4:].partition("?")
        if name in environ:
            return environ[name]
        if optional:
            return default
        msg = f"environment variable {name} is not set; set it, or write env:{name}?default"
        raise LookupError(msg)
    if value.startswith("file:"):
        path = Path(value[5:])
        try:
            return path.read_text().strip()
        except OSError as error:
            msg = f"file {path} can't be read ({error.strerror})"
            raise LookupError(msg) from None
        except UnicodeDecodeError:
            msg = f"file {path} is not valid UTF-8"
            raise LookupError(msg) from None
    return value


def literal_secrets(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that hold a secret in clear text, for a warning."""
    for name, provider in table.get("providers", {}).items():
        key = provider.get("api_key", "")
        if isinstance(key, str) and _secret(key):
            yield f"providers.{name}.api_key"
    key = table.get("auth", {}).get("admin_key", "")
    if isinstance(key, str) and _secret(key):
        yield "auth.admin_key"


def _secret(value: str) -> bool:
    """Local servers want some key; a word such as `none` keeps nothing secret."""
    return bool(value) and value != "none" and not value.startswith(("env:", "file:"))
