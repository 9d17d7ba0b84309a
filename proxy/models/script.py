"""The written form of scripted replies: TOML or JSON, every mistake named at once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.errors import ConfigError, Problem

Failure = Literal["", "timeout", "503", "429", "cut", "reset", "badjson", "hang"]
_NotNegative = Annotated[float, Field(ge=0)]
_Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted reply; of text, tool calls and refusal one is given."""

    reply: str = ""
    match: re.Pattern[str] | None = None
    """Searched in the last user message; None matches every message."""
    tool_calls: tuple[tuple[str, str], ...] = ()
    """Pairs of function name and arguments (JSON text)."""
    refusal: str = ""
    delay_ms: float = 0.0
    """Before each event."""
    chunk: int = 0
    """Characters per delta; 0: all at once."""
    fail: Failure = ""
    retry_after: float | None = None
    """In seconds, with `fail` 503 or 429."""
    times: int = 0
    """Serve only the first so many matches; 0: always."""


class _WrittenCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    arguments: str | dict[str, Any] = "{}"


class _WrittenReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reply: str = ""
    match: re.Pattern[str] | None = None
    tool_calls: list[_WrittenCall] = []
    refusal: str = ""
    delay_ms: _NotNegative = 0.0
    chunk: _Count = 0
    fail: Failure = ""
    retry_after: _NotNegative | None = None
    times: _Count = 0


class _WrittenScript(BaseModel):
    model_config = ConfigDict(extra="forbid")

    replies: list[_WrittenReply]


def load_replies(path: Path) -> tuple[Reply, ...]:
    """Read `replies` from a TOML or JSON file. Raises `ConfigError`.

    A JSON file may also be a bare list.
    """
    try:
        written = _WrittenScript.model_validate(_read(path))
    except OSError:
        raise ConfigError(Problem(str(path), None, "", "the file can't be read")) from None
    except ValidationError as error:
        raise ConfigError(*_problems(path, error)) from None
    except ValueError as error:  # TOML's and JSON's errors, and text that is not UTF-8
        raise ConfigError(Problem(str(path), None, "", f"not readable: {error}")) from None
    return tuple(map(_reply, written.replies))


def _read(path: Path) -> object:
    if path.suffix == ".json":
        value = orjson.loads(path.read_bytes())
        return {"replies": value} if isinstance(value, list) else value
    return tomllib.loads(path.read_text("utf-8"))


def _problems(path: Path, error: ValidationError) -> list[Problem]:
    found: list[Problem] = []
    for detail in error.errors(include_url=False, include_input=False):
        key = ".".join(map(str, detail["loc"]))
        found.append(Problem(str(path), None, key, detail["msg"]))
    return found


def _reply(written: _WrittenReply) -> Reply:
    fields: Mapping[str, Any] = written.model_dump(exclude={"tool_calls"})
    calls = tuple((c.name, _arguments(c.arguments)) for c in written.tool_calls)
    return Reply(**fields, tool_calls=calls)


def _arguments(value: str | dict[str, Any]) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
