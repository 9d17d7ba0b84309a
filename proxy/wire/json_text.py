"""The strings of any JSON value, and JSON inside strings.

What calls itself a string may be JSON once more (tool results, arguments), where escapes
hide personal data from detectors; numbers and keys can be personal too. What a field is
called often tells what its value is, so a short value is shown with it: `ssn: 123456789`.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from proxy.wire.escapes import Unescaped
from proxy.wire.labels import is_field_name, labelled, spoken
from proxy.wire.labels import of_item as label_of_item

TextMap = Callable[[str], str]

_LEAST_NUMBER = 10**6
"""Smaller numbers are counts, prices, years; longer ones may be ids, phones, cards."""
_JSON_DEPTH = 32
_JSON_LAYERS = 3
"""How often JSON is looked for inside a string: JSON, JSON in it, and JSON in that."""
_MAX_TRIES = 64
"""How many openings of one text are tried that turn out to begin no JSON."""
_OPENING = re.compile(r'[\[{]\s*["{\[]')


def map_json_text(text: str, change: TextMap, label: str = "") -> str:
    """Apply `change` to the strings inside a JSON text, or to the text if it is none.

    JSON's escapes hide personal data from detectors, so the decoded strings are what is
    looked at, in JSON with text around it, in JSON Lines and in JSON that was cut off too.
    The text is left byte for byte as it was if nothing changed. `label` says what the
    text is.
    """
    return _json_text(text, change, label, _JSON_LAYERS)


def map_strings(value: Any, change: TextMap, label: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Apply `change` to every string in a JSON value, and to what may be personal besides.

    A short value is shown after what its field is called. A long number (an id, a card) is
    shown to `change` as text and stays a number if that leaves it alone; so is a key that
    is not simply a field's name. A string of JSON is looked at decoded.
    """
    return _strings(value, change, label, _JSON_LAYERS)


def _json_text(text: str, change: TextMap, label: str, layers: int) -> str:
    if not layers:
        return _plain(text, change, label)
    value = _decoded(text)
    if value is not text:
        return _rewritten(text, value, change, label, layers)
    found = list(_embedded(text))
    if not found:
        return _plain(text, change, label)
    out, place = [], 0
    for start, end, inner in found:
        out.append(_plain(text[place:start], change, ""))
        out.append(_rewritten(text[start:end], inner, change, label, layers))
        place = end
    return "".join([*out, _plain(text[place:], change, "")])


def _rewritten(text: str, value: Any, change: TextMap, label: str, layers: int) -> str:  # noqa: ANN401 - any JSON
    changed = _strings(value, change, label, layers - 1)
    if changed == value:
        return text
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    written = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    return f"{text[:start]}{written}{text[end:]}"


def _plain(text: str, change: TextMap, label: str) -> str:
    """Show a text without JSON's escapes; it keeps them where nothing changes."""
    if not text.strip():
        return text
    plain = Unescaped.of(text)
    return plain.rewritten(labelled(plain.shown, change, label))


def _embedded(text: str) -> Iterator[tuple[int, int, Any]]:
    """Find the objects in a text, and the lists that hold some: where, and what they hold."""
    decoder, place, failed = json.JSONDecoder(), 0, 0
    while failed < _MAX_TRIES and (opening := _OPENING.search(text, place)):
        start = opening.start()
        place = start + 1
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            failed += 1
            continue
        value = _decoded(text[start:end])
        if isinstance(value, dict) or (isinstance(value, list) and any(_containers(value))):
            yield start, end, value
            place = end


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


def _strings(value: Any, change: TextMap, label: str, layers: int) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return _json_text(value, change, label, layers)
    if isinstance(value, dict):
        return {
            map_key(key, change): _strings(item, change, label_of_item(value, key, label), layers)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_strings(item, change, label, layers) for item in value]
    return _number(value, change, label)


def map_key(key: str, change: TextMap) -> str:
    """Field names are structure; facts may also be keyed by a person, address or number."""
    if is_field_name(key):
        return key
    shown = spoken(key)
    changed = change(shown)
    return key if changed == shown else changed


def _number(value: Any, change: TextMap, label: str) -> Any:  # noqa: ANN401 - any JSON
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or abs(value) < _LEAST_NUMBER:
        return value
    text = str(int(value))
    shown = labelled(text, change, label)
    return value if shown == text else shown
