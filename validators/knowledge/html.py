"""HTML into blocks: what a reader sees, without navigation, scripts and hidden parts."""

import re
from collections.abc import Iterator
from typing import Final

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from validators.knowledge.front_matter import split_front_matter
from validators.knowledge.outline import Outline, clean, table_lines
from validators.knowledge.page import Draft, Report

_DROPPED_TEXT = (
    "script style nav noscript template svg head title footer form button iframe object canvas "
    "select del s strike"
)
_DROPPED: Final = frozenset(_DROPPED_TEXT.split())
_INLINE_TEXT = (
    "a abbr b bdi bdo big cite code data dfn em font i ins kbd label mark q ruby samp small span "
    "strong sub sup time tt u var wbr"
)
_INLINE: Final = frozenset(_INLINE_TEXT.split())
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_BREAK: Final = "\u2028"
_SPACES: Final = re.compile(rf"[^\S{_BREAK}]+")
_DEEPEST = 60
"""Elements nested deeper are read as plain text: recursion must not depend on the input."""


def read_html(text: str, report: Report) -> Iterator[Draft]:
    """Read an HTML file with optional front matter or <title>: one page."""
    if (front := split_front_matter(text, report)) is not None:
        outline = Outline()
        title = add_html(front.body, outline)
        yield Draft(None, "", front.fields, outline.finish(), title or outline.first_heading)


def add_html(markup: str, outline: Outline) -> str:
    """Append a document or fragment to `outline`; return the text of its <title>."""
    soup = BeautifulSoup(markup, "html.parser")
    title = clean(soup.title.get_text()) if soup.title else ""
    for tag in soup.find_all(_unseen):
        tag.extract()
    for tag in soup.find_all("br"):
        tag.replace_with(_BREAK)
    _Walker(outline).run(soup.main or soup.body or soup, 0)
    return title


def html_lines(markup: str) -> list[str]:
    """Return the lines of a fragment that stands inside of a list item or the like."""
    outline = Outline()
    add_html(markup, outline)
    return [line for block in outline.finish() for line in block.text.split("\n")]


def _unseen(tag: Tag) -> bool:
    return tag.name in _DROPPED or tag.has_attr("hidden") or tag.get("aria-hidden") == "true"


class _Walker:
    """Goes through the elements in order, gathering running text between block borders."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._text: list[str] = []

    def run(self, root: Tag, depth: int) -> None:
        self._visit(root, depth)
        self._flush()

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        self._outline.add(text.split(_BREAK))

    def _visit(self, node: Tag, depth: int) -> None:
        if depth > _DEEPEST:
            self._text.append(_SPACES.sub(" ", node.get_text(" ")))
            return
        for child in node.children:
            if isinstance(child, Tag):
                self._element(child, depth + 1)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._text.append(_SPACES.sub(" ", child))

    def _element(self, tag: Tag, depth: int) -> None:
        if tag.name in _INLINE:
            self._visit(tag, depth)
            return
        self._flush()
        if tag.name in _HEADINGS:
            self._outline.heading(int(tag.name[1]), tag.get_text())
        elif tag.name == "pre":
            self._outline.add(tag.get_text().split("\n"))
        elif tag.name in _ITEMISED and tag.find(_HEADINGS) is None:
            self._outline.add(_ITEMISED[tag.name](tag, depth))
        else:
            # Also lists of cards and tables used for layout: their headings are headings.
            self._visit(tag, depth)
        self._flush()


def _lines(node: Tag, depth: int) -> list[str]:
    outline = Outline()
    _Walker(outline).run(node, depth)
    return [line for block in outline.finish() for line in block.text.split("\n")]


def _list(node: Tag, depth: int) -> Iterator[str]:
    number = 1
    for item in node.find_all("li", recursive=False):
        for index, line in enumerate(_lines(item, depth + 1)):
            yield f"{number}. {line}" if node.name == "ol" and index == 0 else line
        number += 1


def _definitions(node: Tag, depth: int) -> Iterator[str]:
    term = ""
    for child in node.find_all(["dt", "dd"]):
        if child.find_parent("dl") is not node:
            continue
        text = " ".join(_lines(child, depth + 1))
        if child.name == "dt":
            term = text.rstrip(":")
        else:
            yield f"{term}: {text}" if term else text


def _table(node: Tag, depth: int) -> Iterator[str]:
    own = [row for row in node.find_all("tr") if row.find_parent("table") is node]
    rows = [row.find_all(["th", "td"], recursive=False) for row in own]
    header: list[str] = []
    if rows and all(cell.name == "th" for cell in rows[0]):
        header = [" ".join(_lines(cell, depth + 1)) for cell in rows.pop(0)]
    for row in rows:
        cells = [" ".join(_lines(cell, depth + 1)) for cell in row]
        if not header and row and row[0].name == "th":
            yield f"{cells[0].rstrip(':')}: {'; '.join(filter(None, cells[1:]))}"
        else:
            yield from table_lines(header, [cells])


_ITEMISED: Final = {"ul": _list, "ol": _list, "dl": _definitions, "table": _table}
