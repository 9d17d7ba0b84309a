"""Values found once, wherever else they stand.

A detector needs words around some values ("my name is ..."); where the bot repeats the
value in its own words it may see none. What was found in one text of a conversation is
therefore looked for, as it was written, in all others.
"""

import re
from collections.abc import Iterable, Iterator

from validators.base import PiiSpan
from validators.pii.placeholders import TEXT

_WORD = re.compile(r"\w+")
_SCORE = 0.6
_LEAST = 6
"""Characters: shorter values stand in texts by chance."""
_NAMED = 2


class Repeats:
    """Looks for whole values, whatever their case; time linear in the text."""

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        """`values` are pairs of type and value; those that mean little alone are left out."""
        self._by_word: dict[str, list[tuple[str, str, int]]] = {}
        for kind, value in dict.fromkeys(values):
            word = _WORD.search(value)
            if word is not None and _telling(kind, value):
                entry = (kind, value, word.start())
                self._by_word.setdefault(word.group().casefold(), []).append(entry)
        for entries in self._by_word.values():
            entries.sort(key=lambda entry: -len(entry[1]))

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._by_word)

    def find(self, text: str) -> Iterator[PiiSpan]:
        """Yield the places of the values, longest first where several begin together."""
        end = 0
        for word in _WORD.finditer(text):
            for kind, value, before in self._by_word.get(word.group().casefold(), ()):
                start = word.start() - before
                if start >= end and _stands_at(text, start, value):
                    end = start + len(value)
                    yield PiiSpan(start, end, kind, _SCORE)
                    break


def _telling(kind: str, value: str) -> bool:
    if kind in (TEXT, "LOCATION") or len(value) < _LEAST:
        return False
    # A single name may be an ordinary word.
    return kind != "PERSON" or len(_WORD.findall(value)) >= _NAMED


def _stands_at(text: str, start: int, value: str) -> bool:
    end = start + len(value)
    if start < 0 or text[start:end].casefold() != value.casefold():
        return False
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, place: int) -> bool:
    """Whether a word goes on across a place."""
    if not 0 < place < len(text):
        return False
    return bool(_WORD.match(text[place - 1]) and _WORD.match(text[place]))
