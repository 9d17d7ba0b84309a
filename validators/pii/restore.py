"""Putting the values back: pure, no I/O.

A model may change the case of a placeholder or lose its brackets; both are understood.
Nothing is guessed: a name that is not in the vault stays as it is.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping

from validators.pii.placeholders import TYPES, fold, mentions

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TAIL = re.compile(
    r"(?P<open>\[|<{1,2}|\{{1,2})?"
    r"(?<![A-Za-z0-9_])(?P<run>(?:[A-Za-z](?:[A-Za-z0-9_]|\\(?=_))*\\?)?)"
    r"(?P<close>[\]>}]?)\Z"
)
_RUN_CHARACTER = re.compile(r"[A-Za-z0-9_]")


def restore(text: str, vault: Mapping[str, str]) -> str:
    """Return `text` with every placeholder of `vault` replaced by its value."""
    return _replace(text, _by_name(vault), lambda value: value)


def unknown_placeholders(text: str, vault: Mapping[str, str]) -> list[str]:
    """Return what looks like a placeholder in `text` and stands for nothing, in order."""
    known = _by_name(vault)
    kinds = TYPES | {name.rpartition("_")[0].upper() for name in known}
    return [
        text[m.start : m.end]
        for m in mentions(text)
        if m.name not in known and m.name.rpartition("_")[0].upper() in kinds
    ]


def restore_json(arguments: str, vault: Mapping[str, str]) -> str:
    """Return the arguments of a tool call with values put back, JSON-escaped.

    Works at any depth of JSON inside JSON strings. Everything but the strings that hold
    a placeholder keeps its exact form; broken JSON is restored as far as it goes.
    """
    return _restore_json(arguments, _by_name(vault))


def _restore_json(arguments: str, known: Mapping[str, str]) -> str:
    parts: list[str] = []
    position = 0
    for literal in _LITERAL.finditer(arguments):
        parts.append(_replace(arguments[position : literal.start()], known, _encoded))
        parts.append(_restore_literal(literal.group(), known))
        position = literal.end()
    rest = arguments[position:]
    cut_inside_string = '"' in rest
    parts.append(_replace(rest, known, _escaped if cut_inside_string else _encoded))
    return "".join(parts)


def _restore_literal(literal: str, known: Mapping[str, str]) -> str:
    if "_" not in literal:
        return literal
    try:
        text = json.loads(literal, strict=False)
    except ValueError:
        return _replace(literal, known, _escaped)
    # A text that is one quoted string is rather somebody's words in quotes.
    if text.lstrip()[:1] in ("{", "[") and _is_json(text):
        changed = _restore_json(text, known)
    else:
        changed = _replace(text, known, lambda value: value)
    return literal if changed == text else _encoded(changed)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _encoded(value: str) -> str:
    """JSON string; ASCII only where a lone surrogate could not be sent as UTF-8."""
    lone = any("\ud800" <= c <= "\udfff" for c in value)
    return json.dumps(value, ensure_ascii=lone)


def _escaped(value: str) -> str:
    return _encoded(value)[1:-1]


def _by_name(vault: Mapping[str, str]) -> dict[str, str]:
    return {fold(placeholder): value for placeholder, value in vault.items()}


def _replace(text: str, known: Mapping[str, str], write: Callable[[str], str]) -> str:
    parts: list[str] = []
    position = 0
    for mention in mentions(text):
        if mention.name in known:
            parts += (text[position : mention.start], write(known[mention.name]))
            position = mention.end
    parts.append(text[position:])
    return "".join(parts)


class StreamRestorer:
    """Restores a text that arrives in pieces.

    However the text is cut, the pieces put out join up to what `restore` makes of the
    whole. Only what can still become a placeholder of this vault is held back.
    """

    def __init__(self, vault: Mapping[str, str]) -> None:
        """Prepare for one stream; `vault` is read once."""
        self._known = _by_name(vault)
        self._names = sorted(self._known)
        # Two brackets on each side, and a backslash before each underscore.
        self._longest = max((len(n) + n.count("_") + 4 for n in self._names), default=0)
        self._held = ""
        self._inside_word = False

    def feed(self, chunk: str) -> str:
        """Take the next piece and return what is certain by now."""
        text = self._held + chunk
        cut = self._certain(text)
        self._held = text[cut:]
        return self._put_out(text[:cut])

    def flush(self) -> str:
        """Return what was held back: the text is over."""
        text, self._held = self._held, ""
        return self._put_out(text)

    def _put_out(self, text: str) -> str:
        if not text:
            return ""
        # An underscore can't begin a placeholder: it stands for the word before the cut.
        context = "_" if self._inside_word else ""
        self._inside_word = _RUN_CHARACTER.match(text[-1]) is not None
        return _replace(context + text, self._known, lambda value: value)[len(context) :]

    def _certain(self, text: str) -> int:
        """Return how much of `text` no later character can change."""
        begin = max(0, len(text) - self._longest - 1)
        context = "_" if self._inside_word and begin == 0 else ""
        window = context + text[begin:]
        tail = _TAIL.search(window)
        if tail is None or tail.start() == len(window) or not self._may_grow(**tail.groupdict()):
            return len(text)
        return begin + tail.start() - len(context)

    def _may_grow(self, open: str | None, run: str, close: str) -> bool:  # noqa: A002 - group name
        name = run.rstrip("\\").replace("\\_", "_").lower()
        if close:
            return len(open or "") == 2 and name in self._known  # noqa: PLR2004 - `<<name>`
        if not name:
            return open is not None and bool(self._known)
        index = bisect_left(self._names, name)
        return index < len(self._names) and self._names[index].startswith(name)
