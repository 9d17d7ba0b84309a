"""What a field is called, as words that tell a detector what its value is."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_FIELD_NAME = re.compile(r"[A-Za-z_$][\w.$:/-]*", re.ASCII)
_DIGITS = re.compile(r"\d{4}")
_LIKE_A_NAME = re.compile(r"(?:^|[_.:/-])[A-Z][a-z]+[_.:/-][A-Z][a-z]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_]?[^\W\d_A-Z]+|\d{1,3}|[A-Z]")
_WORDS = re.compile(r"[\w $./-]{1,60}")
_LONGEST_VALUE = 200
"""Characters; longer values are prose, which says itself what it is about."""

_OF_OUTER = frozenset({"number", "no", "nr", "id", "code", "date"})
_BEFORE_OUTER = frozenset({"first", "last", "middle", "given", "family", "full"})
_SAME_AS_OUTER = frozenset({"value", "text", "content", "values", "raw"})
_NAMING = ("key", "field", "label", "name", "type")


def is_field_name(key: str) -> bool:
    """Whether a key is only structure: no number, and nothing like `Anna_Berg`."""
    return bool(_FIELD_NAME.fullmatch(key)) and not _DIGITS.search(key) and not _named(key)


def _named(key: str) -> bool:
    return bool(_LIKE_A_NAME.search(key))


def spoken(key: str) -> str:
    """Return an identifier as words: detectors don't look behind `_` and `-`."""
    return re.sub(r"[_-]+", " ", key) if _FIELD_NAME.fullmatch(key) else key


def of_item(table: Mapping[str, Any], key: str, outer: str) -> str:
    """Return what `table[key]` is, in words; `outer` is what the table is. Empty: unknown.

    `{"passport": {"number": ...}}` is a passport number, `{"name": {"first": ...}}` a first
    name, and `{"field": "ssn", "value": ...}` holds an SSN.
    """
    own = _words(key)
    if own in _SAME_AS_OUTER:
        named = (table.get(k) for k in _NAMING)
        return next((_words(n) for n in named if isinstance(n, str) and _words(n)), outer)
    if outer and own in _OF_OUTER:
        return f"{outer} {own}"
    if outer and own in _BEFORE_OUTER:
        return f"{own} {outer}"
    return own


def _words(key: str) -> str:
    if not _WORDS.fullmatch(key) or _DIGITS.search(key):
        return ""
    return " ".join(_WORD.findall(key)).lower()


def labelled(value: str, change: Callable[[str], str], label: str) -> str:
    """Apply `change` to a value, shown as `label: value` if it is short.

    One call of `change` whatever it answers, so two walks stay in step. If it touched the
    label, what stands behind the first colon is the value, or all if no colon is left:
    never what was not looked at.
    """
    if not label or len(value) > _LONGEST_VALUE:
        return change(value)
    before = f"{label}: "
    changed = change(f"{before}{value}")
    if changed.startswith(before):
        return changed[len(before) :]
    _, colon, rest = changed.partition(": ")
    return rest if colon else changed
