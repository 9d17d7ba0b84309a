"""Plain text into blocks: paragraphs between blank lines, list items on their own."""

import re
from collections.abc import Iterator
from typing import Final

from validators.knowledge.outline import Outline
from validators.knowledge.page import Draft, Report

_ITEM: Final = re.compile(r"\s*(?:[-*+\u2022\u2013]|\d{1,3}[.)])\s+")
_BLANK: Final = re.compile(r"\n[^\S\n]*\n")
_BULLET: Final = re.compile(r"^\s*[-*+\u2022\u2013]\s+")


def read_plain(text: str, report: Report) -> Iterator[Draft]:  # noqa: ARG001 - a reader's signature
    """Read a text file: one page without fields."""
    outline = Outline()
    for paragraph in _BLANK.split(text):
        outline.add(_unwrap(paragraph))
    yield Draft(None, "", {}, outline.finish())


def _unwrap(paragraph: str) -> list[str]:
    """Join lines that were wrapped at a margin; a list item starts a new line."""
    lines: list[str] = []
    for line in paragraph.split("\n"):
        if _ITEM.match(line) or not lines:
            lines.append(_BULLET.sub("", line))
        else:
            lines[-1] = f"{lines[-1]} {line}"
    return lines
