"""Finds the line of a file on which a quote stands."""

import re
from collections.abc import Callable, Sequence

_WORD = re.compile(r"\w+")
_MOST_BYTES = 20_000_000
_FIRST = 6


class Locator:
    """Looks quotes up in files; each file is read once."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        """`read` returns the text of a file, or None if there is none to read."""
        self._read = read
        self._lines: dict[str, Sequence[Sequence[str]]] = {}

    def line(self, file: str, quote: str, start: int | None = None) -> int | None:
        """Return the line, from 1, on which `quote` begins, at or after `start`.

        Markup is skipped, since only words are compared. None if it is not found: the text
        of a table row, for instance, is put together from two lines.
        """
        wanted = _words(quote)[:_FIRST]
        if not file or not wanted:
            return None
        if file not in self._lines:
            text = self._read(file)
            usable = text is not None and len(text) <= _MOST_BYTES
            self._lines[file] = [_words(row) for row in text.split("\n")] if text and usable else []
        for number, words in enumerate(self._lines[file], 1):
            if number >= (start or 1) and _holds(words, wanted):
                return number
        return None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether the line has the words in a row; a line may end inside of the quote."""
    for start in (i for i, word in enumerate(words) if word == wanted[0]):
        here = words[start : start + len(wanted)]
        if list(here) == list(wanted[: len(here)]) and len(here) >= min(len(wanted), _FIRST // 2):
            return True
    return False
