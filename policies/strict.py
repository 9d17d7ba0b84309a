"""TOML read strictly: unknown keys and wrong values are all reported at once.

Each problem names file, line and key, and suggests the nearest known key.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from policies.errors import ConfigError, Problem

_HEADER = re.compile(r"^\s*(\[{1,2})\s*(.+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


class Strict(BaseModel):
    """Base of every written table: unknown keys are errors, and so are `inf` and `nan`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


M = TypeVar("M", bound=Strict)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return the parsed table and the text. Raises `ConfigError` with the line."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(Problem(str(path), None, "", "there is no such file")) from None
    except OSError as error:
        text = f"can't be read ({error.strerror}); check its permissions"
        raise ConfigError(Problem(str(path), None, "", text)) from None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(Problem(str(path), line, "", "is not valid UTF-8")) from None
    try:
        return tomllib.loads(text), text
    except RecursionError:
        raise ConfigError(Problem(str(path), None, "", "is nested too deeply")) from None
    except ValueError as error:  # also a number of thousands of digits
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise ConfigError(Problem(str(path), line, "", f"is not valid TOML: {error}")) from None


def parse(
    model: type[M],
    table: dict[str, Any],
    text: str,
    file: str,
    written: Mapping[str, Any] | None = None,
) -> M:
    """Validate a table against a model. Raises `ConfigError` with every problem.

    Messages show values as they stand in `written`, by default the table itself: where
    references have been replaced, their values must not be told.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        lines = dict(locate(text))
        shown = table if written is None else written
        problems = [_problem(model, item, lines, file, shown) for item in error.errors()]
        raise ConfigError(*problems) from None


def _problem(
    model: type[BaseModel],
    item: Any,  # noqa: ANN401 - pydantic's error dict
    lines: dict[tuple[str | int, ...], int],
    file: str,
    written: Mapping[str, Any],
) -> Problem:
    place = tuple(p for p in item["loc"] if p != "[key]")
    if item["type"] == "extra_forbidden":
        known = _fields(model, place[:-1])
        near = difflib.get_close_matches(str(place[-1]), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(sorted(known))}"
        message = f"unknown key; {hint}" if known else "unknown key"
    elif item["type"] == "missing":
        message = "is required"
    else:
        shown = _value_at(written, place)
        got = f", got {shown!r}" if isinstance(shown, bool | int | float | str) else ""
        message = item["msg"].removeprefix("Value error, ") + got
    return Problem(file, line_of(lines, place), dotted(place), message)


def _value_at(table: Any, place: Sequence[str | int]) -> Any:  # noqa: ANN401 - any TOML value
    for part in place:
        try:
            table = table[part]
        except (LookupError, TypeError):
            return None
    return table


def line_of(lines: Mapping[tuple[str | int, ...], int], place: Sequence[str | int]) -> int | None:
    """Return the line of a place, else of the nearest table around it."""
    path = tuple(place)
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)


def dotted(place: Sequence[str | int]) -> str:
    """Write a path as people do: `validators[1].mode`."""
    out = ""
    for part in place:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else str(part))
    return out


def _fields(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Return the keys that the table at `place` may have."""
    current: Any = model
    for part in place:
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(str(part))
            current = info.annotation if info else None
        else:
            current = next(iter(get_args(current)[-1:]), None)
        current = _table_of(current)
        if current is None:
            return []
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []


def _table_of(annotation: Any) -> Any:  # noqa: ANN401 - any annotation
    """Strip `| None` so that the path can go on inside."""
    args = [a for a in get_args(annotation) if a is not type(None)]
    if type(None) in get_args(annotation) and args:
        return args[0]
    return annotation


def locate(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield (path, line) for each table header and key of a TOML text, and for their parents.

    A reader of lines, not a parser: good enough to point at a place, and harmless where
    a multi-line string looks like a key.
    """
    known: set[tuple[str | int, ...]] = set()
    for path, number in _written(text):
        for n in range(1, len(path)):
            if path[:n] not in known:
                known.add(path[:n])
                yield path[:n], number
        known.add(path)
        yield path, number


def _written(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    prefix: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            prefix = _parts(header[2])
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                yield prefix, number
                prefix = (*prefix, counts[prefix])
            else:
                prefix = _inside(prefix, counts)
            yield prefix, number
        elif key := _KEY.match(line):
            yield (*prefix, *_parts(key[1])), number


def _inside(
    path: tuple[str | int, ...], counts: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """`[validators.options]` after `[[validators]]` belongs to its last entry."""
    for n in range(len(path), 0, -1):
        if path[:n] in counts:
            return (*path[:n], counts[path[:n]], *path[n:])
    return path


def _parts(dotted_key: str) -> tuple[str | int, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(dotted_key))
