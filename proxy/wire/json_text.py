"""The strings of any JSON value, and JSON inside strings.

What calls itself a string may be JSON once more (tool results, arguments), where escapes
hide personal data from detectors; numbers and keys can be personal too.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

TextMap = Callable[[str], str]

_FIELD_NAME = re.compile(r"[A-Za-z_$][\w.$:/-]*", re.ASCII)
_LEAST_NUMBER = 10**6
"""Smaller numbers are counts, prices, years; longer ones may be ids, phones, cards."""
_JSON_DEPTH = 32
_JSON_LAYERS = 2
"""How often JSON is looked for inside a string of JSON."""


def map_json_text(text: str, change: TextMap) -> str:
    """Apply `change` to the strings inside a JSON text, or to the text if it is none.

    JSON's escapes hide personal data from detectors, so the decoded strings
    are what is looked at. The text is left byte for byte as it was if nothing changed.
    """
    return _json_text(text, change, _JSON_LAYERS)


def map_strings(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    """Apply `change` to every string in a JSON value, and to what may be personal besides.

    A long number (an id, a card) is shown to `change` as text and stays a number if that
    leaves it alone; so is a key that is not simply a field's name. A string of JSON that
    holds escapes is looked at decoded.
    """
    return _strings(value, through_json(change))


def through_json(change: TextMap, layers: int = _JSON_LAYERS) -> TextMap:
    """Return a `change` that decodes strings of JSON whose escapes could hide something."""
    if not layers:
        return change
    return lambda text: _json_text(text, change, layers - 1) if "\\u" in text else change(text)


def _json_text(text: str, change: TextMap, layers: int) -> str:
    value = _decoded(text)
    if value is text:
        return change(text)
    changed = _strings(value, through_json(change, layers))
    if changed == value:
        return text
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":"))


def _decoded(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON value that a text holds; the text itself if it holds none.

    A key that occurs twice would hide its first value, so such a text counts as none.
    """
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return text
    try:
        # orjson refuses what could not be written again, `json` keeps every digit and key.
        if deeper_than(orjson.loads(text), _JSON_DEPTH):
            return text
        return json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        return text


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key occurs twice")
    return table


def deeper_than(value: Any, limit: int) -> bool:  # noqa: ANN401 - any JSON
    """Tell whether lists and objects are nested in more than `limit` levels."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [item for outer in level for item in _containers(outer)]
    return bool(level)


def _containers(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    items = value.values() if isinstance(value, dict) else value
    return (item for item in items if isinstance(item, dict | list))


def _strings(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_key(key, change): _strings(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_strings(item, change) for item in value]
    return _number(value, change)


def _key(key: str, change: TextMap) -> str:
    """Field names are structure; facts may also be keyed by an address or a number."""
    return key if _FIELD_NAME.fullmatch(key) else change(key)


def _number(value: Any, change: TextMap) -> Any:  # noqa: ANN401 - any JSON
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or abs(value) < _LEAST_NUMBER:
        return value
    text = str(int(value))
    shown = change(text)
    return value if shown == text else shown
