"""JSON's escapes in a text that is none: shown without, kept wherever nothing was replaced."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_ESCAPED = re.compile(r'\\u[0-9A-Fa-f]{4}|\\["/]')
_ESCAPE = re.compile(
    r"\\{1,8}u([dD][89abAB][0-9A-Fa-f]{2})\\{1,8}u([dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|\\{1,8}u(?!0000|[dD][89a-fA-F])([0-9A-Fa-f]{4})"
    r"|\\{1,8}([\"/ntr])"
)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r"}
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_[a-z2-7]{4,}\]")


@dataclass(frozen=True, slots=True)
class Unescaped:
    """A text without JSON's escapes, which hide personal data from detectors."""

    original: str
    shown: str
    _ends: tuple[int, ...] = ()
    """Where in `shown` each character ends that was written as an escape."""
    _longer: tuple[int, ...] = ()
    """By how much the original is longer up to there."""

    @classmethod
    def of(cls, text: str) -> "Unescaped":
        """Read the escapes; a text without any is shown as it is."""
        if not _ESCAPED.search(text):
            return cls(text, text)
        parts: list[str] = []
        ends: list[int] = []
        longer: list[int] = []
        position = length = 0
        for escape in _ESCAPE.finditer(text):
            shown = text[position : escape.start()] + _character(escape)
            parts.append(shown)
            length += len(shown)
            position = escape.end()
            ends.append(length)
            longer.append(position - length)
        return cls(text, "".join([*parts, text[position:]]), tuple(ends), tuple(longer))

    def rewritten(self, changed: str) -> str:
        """Return `changed` with the original's escapes in whatever is as it was shown.

        `changed` is `shown` with placeholders in it; where it is anything else, it comes
        back as it is.
        """
        if changed == self.shown:
            return self.original
        literals = _PLACEHOLDER.split(changed)
        names = _PLACEHOLDER.findall(changed)
        if not self._ends or not (places := self._align(literals)):
            return changed
        kept = [
            self._original(start, start + len(t)) for start, t in zip(places, literals, strict=True)
        ]
        return "".join(a + b for a, b in zip(kept, [*names, ""], strict=True))

    def _align(self, literals: list[str]) -> list[int]:
        """Find the literals in order, the last at the end; empty if they are not there.

        The earliest place of each leaves most room for the next ones, so one pass decides.
        The first need not stand at the beginning: a piece of a split value just vanishes.
        """
        *before, last = literals
        end = len(self.shown) - len(last)
        if end < 0 or not self.shown.endswith(last):
            return []
        places: list[int] = []
        position = 0
        for literal in before:
            found = self.shown.find(literal, position)
            if found < 0:
                return []
            places.append(found)
            # What a placeholder stands for has at least one character.
            position = found + len(literal) + 1
        return [*places, end] if position <= end else []

    def _original(self, start: int, end: int) -> str:
        return self.original[self._place(start) : self._place(end)]

    def _place(self, shown: int) -> int:
        before = bisect_right(self._ends, shown)
        return shown + (self._longer[before - 1] if before else 0)


def _character(match: re.Match[str]) -> str:
    high, low, single, plain = match.groups()
    if high:
        return bytes.fromhex(high + low).decode("utf-16-be")
    return chr(int(single, 16)) if single else _PLAIN.get(plain, plain)
