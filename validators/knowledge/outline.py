"""Builds blocks under a running heading path, the same way for every file format."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from validators.knowledge.page import Block

# Soft hyphens, zero-width spaces, byte order marks and control characters: they come with
# exports from editors and would make equal words unequal.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    """Return `text` on one line, without invisible characters or runs of spaces."""
    return " ".join(_INVISIBLE.sub("", text).split())


class Outline:
    """Collects the blocks of one page."""

    def __init__(self) -> None:
        """Start an empty page."""
        self._path: list[tuple[int, str]] = []
        self._bare = False
        self._blocks: list[Block] = []
        self.first_heading = ""

    def heading(self, level: int, text: str) -> None:
        """Open a section; `level` is 1 for the topmost."""
        title = clean(text)
        if not title:
            return
        self.first_heading = self.first_heading or title
        if self._path and level <= self._path[-1][0]:
            self._keep_bare_heading()
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._path.append((level, title))
        self._bare = True

    def add(self, lines: Iterable[str]) -> None:
        """Append one block; empty lines are dropped."""
        text = "\n".join(filter(None, map(clean, lines)))
        if text:
            self._blocks.append(Block(self._headings(), text))
            self._bare = False

    def finish(self) -> tuple[Block, ...]:
        """Return all blocks in order of the page."""
        self._keep_bare_heading()
        return tuple(self._blocks)

    def _keep_bare_heading(self) -> None:
        """A heading over nothing is itself the statement ("Refunds take five days")."""
        if self._bare:
            *parents, own = self._headings()
            self._blocks.append(Block(tuple(parents), own))
            self._bare = False

    def _headings(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._path)


def table_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write each row as `Header: cell; Header: cell`, so that one line says it all.

    A row with a single filled cell (a section row, a remark) is that cell alone; cells
    without header stand alone too.
    """
    names = [clean(name).rstrip(":") for name in header]
    for row in rows:
        cells = [clean(cell) for cell in row]
        if sum(map(bool, cells)) == 1 and len(names) != 1:
            yield next(filter(None, cells))
            continue
        pairs = zip_longest(names, cells, fillvalue="")
        yield "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
