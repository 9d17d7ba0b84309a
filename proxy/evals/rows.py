"""JSON Lines in and out. Whatever is wrong in a file is told with its lines, all at once."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from policies.errors import ConfigError, Problem

T = TypeVar("T")

_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: an object, and how to say what is wrong with it."""

    file: str
    line: int
    data: Mapping[str, Any]

    def error(self, key: str, message: str) -> ConfigError:
        """Make the error that names this line. Messages never quote the text."""
        return ConfigError(Problem(self.file, self.line, key, message))

    def text(self, key: str) -> str:
        """Return a string. Raises `ConfigError` if it is missing or none."""
        value = self.data.get(key)
        if not isinstance(value, str):
            raise self.error(key, "is required: a string")
        return value

    def optional(self, key: str) -> str:
        """Return a string, empty if absent or null."""
        return "" if self.data.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of strings; None if absent or null."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of strings")
        return tuple(value)

    def one_of(self, key: str, known: Iterable[str]) -> str:
        """Return a string that is one of the known ones."""
        value, names = self.text(key), tuple(known)
        if value not in names:
            raise self.error(key, f"must be one of {', '.join(names)}")
        return value

    def truth(self, key: str) -> bool:
        """Return a required boolean."""
        value = self.data.get(key)
        if not isinstance(value, bool):
            raise self.error(key, "is required: true or false")
        return value


def read_rows(path: Path, parse: Callable[[Row], T]) -> list[T]:
    """Read a JSON Lines file; empty lines are skipped.

    `parse` raises `ConfigError` for a line it can't use (see `Row.error`). Raises
    `ConfigError` with the first 20 problems, or if the file holds no line at all.
    """
    found: list[T] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            found.append(parse(Row(str(path), number, _object(path, number, line))))
        except ConfigError as error:
            problems += error.problems
            if len(problems) >= _MOST_PROBLEMS:
                break
    if problems:
        raise ConfigError(*problems)
    if not found:
        raise ConfigError(Problem(str(path), None, "", "holds no line of data"))
    return found


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line. Raises `ConfigError` if the file can't be written."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"can't be written ({error.strerror}); choose another file"
        raise ConfigError(Problem(str(path), None, "", message)) from None


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"can't be read ({error.strerror})"
        raise ConfigError(Problem(str(path), None, "", message)) from None
    try:
        # Not splitlines(): JSON strings may hold U+2028 and its like.
        return data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem(str(path), line, "", "is not valid UTF-8")) from None


def _object(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"is not valid JSON{where}"
        raise ConfigError(Problem(str(path), number, "", message)) from None
    if not isinstance(value, dict):
        raise ConfigError(Problem(str(path), number, "", "must be a JSON object"))
    return value
