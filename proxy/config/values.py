"""`env:NAME`, `env:NAME?default` and `file:/path` as whole values."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.errors import Problem
from policies.strict import dotted, line_of

Place = tuple[str | int, ...]

_NAMES_SECRET = re.compile(r"(?:^|[_-])(?:key|token|secret|password|authorization)$", re.IGNORECASE)


def resolve(
    table: dict[str, Any],
    lines: Mapping[Place, int],
    file: str,
    environ: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """Return a copy with every reference replaced, and those that refer to nothing.

    Relative paths start at the folder of `file`. Values of variables and files never
    appear in a message.
    """
    problems: list[Problem] = []
    environment = os.environ if environ is None else environ
    folder = Path(file).resolve().parent

    def walk(value: Any, place: Place) -> Any:  # noqa: ANN401 - any TOML value
        if isinstance(value, dict):
            return {key: walk(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, (*place, n)) for n, item in enumerate(value)]
        if isinstance(value, str):
            try:
                return _resolve_one(value, environment, folder)
            except LookupError as error:
                message = str(error.args[0])
                problems.append(Problem(file, line_of(lines, place), dotted(place), message))
        return value

    resolved: dict[str, Any] = walk(table, ())
    return resolved, problems


def _resolve_one(value: str, environ: Mapping[str, str], folder: Path) -> str:
    if value.startswith("env:"):
        name, optional, default = value[4:].partition("?")
        if name in environ:
            return environ[name]
        if optional:
            return default
        msg = f"environment variable {name} is not set; set it, or write env:{name}?default"
        raise LookupError(msg)
    if value.startswith("file:"):
        path = folder / value[5:]
        try:
            return path.read_text().strip()
        except OSError as error:
            msg = f"file {path} can't be read ({error.strerror})"
            raise LookupError(msg) from None
        except ValueError:
            msg = f"file {path} is not valid UTF-8"
            raise LookupError(msg) from None
    return value


def literal_secrets(value: Any, place: Place = ()) -> Iterator[str]:  # noqa: ANN401 - any TOML value
    """Yield the keys that, by their name, hold a secret in clear text, for a warning."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from literal_secrets(item, (*place, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from literal_secrets(item, (*place, n))
    elif isinstance(value, str) and _NAMES_SECRET.search(str(place[-1])) and _secret(value):
        yield dotted(place)


def _secret(value: str) -> bool:
    """Local servers want some key; a word such as `none` keeps nothing secret."""
    return bool(value) and value != "none" and not value.startswith(("env:", "file:"))
