"""What a parsed page is, and how everything wrong with the pages is reported."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from policies.errors import ConfigError, Problem
from policies.knowledge import NO_SCOPE, Audience


class KnowledgeError(ConfigError):
    """All problems of the knowledge files at once. Nothing of them was loaded."""


class Block(NamedTuple):
    """A paragraph, list, table or piece of code, under the headings that frame it."""

    headings: tuple[str, ...]
    text: str
    """One line per paragraph, list item or table row."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the company's knowledge."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    url: str | None = None
    audience: Audience = Audience.CUSTOMER
    scope: Mapping[str, str] = field(default_factory=lambda: NO_SCOPE)
    file: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)
    """Where the page was read; None for a whole file."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that a passage of this page can show or depend on."""
        content = [
            self.id,
            self.title,
            self.url,
            self.audience,
            sorted(self.scope.items()),
            self.blocks,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """One page as a reader found it: fields not yet checked, text already in blocks."""

    line: int | None
    key: str
    """Where in the file: `[3]` for the fourth row of a JSON array, empty for a whole file."""
    fields: Mapping[str, object]
    blocks: tuple[Block, ...]
    title: str = ""
    """The title to use if the fields name none."""


@dataclass(frozen=True, slots=True)
class Report:
    """Collects what is wrong with one file."""

    file: str
    found: list[Problem]

    def __call__(self, line: int | None, key: str, message: str) -> None:
        """Note one problem; `line` counts from 1, None if it has no line."""
        self.found.append(Problem(self.file, line, key, message))
