"""The inverse of restoring: known values become their placeholders again. Pure, no I/O.

For models that were shown values: what they answer is checked, kept and cached with
placeholders like every other answer.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from validators.pii.placeholders import canonical, type_of

_PLACEHOLDER = r"\[[A-Z][A-Z0-9_]*_[a-z2-7]{4,}\]"
_BETWEEN_WORDS = r"\s{1,3}"
_BETWEEN_CHARACTERS = r"[\s./-]{0,2}"
_LEAST_PART = 3
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


class Veil:
    """Finds values however they are spaced, whatever their case, and parts of names."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """`values` is placeholder -> value.

        A part of a name stands for the whole: of two people who share it, for the first.
        """
        self._whole: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        patterns: dict[str, int] = {}
        for placeholder, value in values.items():
            kind = type_of(placeholder) or ""
            pattern, length = _pattern(kind, value)
            if not pattern:
                continue
            self._whole.setdefault(_bare(kind, value), placeholder)
            patterns[f"(?i:{pattern})"] = length
            if kind == "PERSON":
                for part in _name_parts(value):
                    self._parts.setdefault(part, placeholder)
                    patterns[re.escape(part)] = len(part)
        self.longest = max(patterns.values(), default=0)
        """Characters that a value may have, however it is spaced."""
        ordered = sorted(patterns, key=lambda p: -patterns[p])
        found = rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)" if ordered else r"(?!)"
        self._pattern = re.compile(rf"{_PLACEHOLDER}|{found}")

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._whole)

    def __call__(self, text: str) -> str:
        """Return `text` with placeholders."""
        return self._pattern.sub(self._name, text)

    def json(self, text: str) -> str:
        """Return JSON with placeholders in its strings; its exact form only if none is put in."""
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return self(text)
        changed = self._strings(value)
        return text if changed == value else json.dumps(changed, ensure_ascii=False)

    def places(self, text: str, start: int) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and what stands there instead, from `start` on."""
        for match in self._pattern.finditer(text, start):
            yield match.start(), match.end(), self._name(match)

    def _strings(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str):
            return self.json(value) if value.lstrip()[:1] in ("{", "[", '"') else self(value)
        if isinstance(value, dict):
            return {self(key): self._strings(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._strings(item) for item in value]
        return value

    def _name(self, match: re.Match[str]) -> str:
        found = match.group()
        known = (self._whole.get(_bare(kind, found)) for kind in ("PERSON", ""))
        return next((name for name in known if name), self._parts.get(found, found))


class VeilStream:
    """Hides values in a text that arrives in pieces.

    However the text is cut, the pieces put out join up to what `Veil` makes of the whole.
    """

    def __init__(self, veil: Veil) -> None:
        """Prepare for one stream."""
        self._veil = veil
        self._text = ""
        self._done = 0
        """What of the text has been put out; one character of it stays as context."""

    def feed(self, chunk: str) -> str:
        """Take the next piece and return what is certain by now."""
        self._text += chunk
        # A placeholder is left alone, so it must be seen whole, too.
        return self._put_out(len(self._text) - max(self._veil.longest, 64) - 1)

    def flush(self) -> str:
        """Return what was held back: the text is over."""
        return self._put_out(len(self._text))

    def _put_out(self, end: int) -> str:
        if end <= self._done:
            return ""
        parts: list[str] = []
        position = self._done
        for start, stop, name in self._veil.places(self._text, position):
            if start >= end:
                break
            parts += (self._text[position:start], name)
            position = stop
        parts.append(self._text[position : max(end, position)])
        position = max(end, position)
        kept = max(0, position - 1)
        self._text, self._done = self._text[kept:], position - kept
        return "".join(parts)


def _pattern(kind: str, value: str) -> tuple[str, int]:
    """Return a pattern for a value, and the most characters that it matches."""
    if _spaced(kind):
        words = value.split()
        length = sum(map(len, words)) + 3 * len(words)
        return _BETWEEN_WORDS.join(re.escape(word) for word in words), length
    letters = [c for c in value if c.isalnum()]
    return _BETWEEN_CHARACTERS.join(map(re.escape, letters)), 3 * len(letters)


def _bare(kind: str, value: str) -> str:
    return canonical("PERSON" if _spaced(kind) else "PASSPORT", value)


def _spaced(kind: str) -> bool:
    """Whether a value is words, as against a number that may be grouped in any way."""
    return canonical(kind, "a b") == "a b"


def _name_parts(value: str) -> Iterator[str]:
    words = _NAME.findall(value)
    if len(words) > 1:
        yield from (w for w in words if len(w) >= _LEAST_PART and w[0].isupper())
