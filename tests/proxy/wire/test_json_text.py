import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.wire.json_text import deeper_than, map_json_text, map_strings

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


class Eyes:
    """Sees every text, and replaces what is personal."""

    def __init__(self, *personal: str) -> None:
        self.personal = personal
        self.seen: list[str] = []

    def __call__(self, text: str) -> str:
        self.seen.append(text)
        for value in self.personal:
            text = text.replace(value, "[X]")
        return text


@given(json_values)
def test_what_holds_nothing_personal_stays_as_it_is(value: Any) -> None:
    assert map_strings(value, str) == value


@given(st.text() | json_values.map(json.dumps))
@example('{"a": 1.10, "b": 1e2,  "c":"\\u00e9"}')
@example('{"a": 123456789012345678901234567890}')
def test_a_text_that_holds_nothing_personal_stays_byte_for_byte(text: str) -> None:
    assert map_json_text(text, str) == text


@given(json_values, json_values)
def test_two_walks_meet_the_same_texts(value: Any, other: Any) -> None:
    nested = {"a": value, "b": json.dumps({"c": other}), "d": [json.dumps(json.dumps(other))]}
    first, second = Eyes(), Eyes()
    map_strings(nested, first)
    rest = iter(first.seen)

    def replace(text: str) -> str:
        second(text)
        return next(rest) + "!"

    map_strings(nested, replace)
    assert second.seen == first.seen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane", "[X]"),
        ('{"name":"Jane"}', '{"name":"[X]"}'),
        ('{"name": "\\u004aane"}', '{"name":"[X]"}'),
        ('"\\u004aane"', '"[X]"'),
        ('["a","J\\u0061ne",null,true,1.5]', '["a","[X]",null,true,1.5]'),
        ('{"n": "Jane", "x": "é\\"\\n"}', '{"n":"[X]","x":"é\\"\\n"}'),
        ('{"Jane Doe": 1}', '{"[X] Doe":1}'),
        # not JSON, or not safely: looked at as a text
        ('{"name": "Jane"', '{"name": "[X]"'),
        ('{"a": "Jane", "a": "ok"}', '{"a": "[X]", "a": "ok"}'),
        ('{"a": NaN, "b": "Jane"}', '{"a": NaN, "b": "[X]"}'),
        ('["\\ud800", "Jane"]', '["\\ud800", "[X]"]'),
        ("[" * 400 + '"Jane"' + "]" * 400, "[" * 400 + '"[X]"' + "]" * 400),
        ("[" * 100_000 + "Jane", "[" * 100_000 + "[X]"),
    ],
)
def test_json_is_looked_into(text: str, expected: str) -> None:
    assert map_json_text(text, Eyes("Jane")) == expected


@pytest.mark.parametrize("layers", [1, 2])
def test_json_inside_json_is_looked_into(layers: int) -> None:
    text = '{"name": "\\u004aane"}'
    for _ in range(layers):
        text = json.dumps({"body": text})
    changed = map_json_text(text, Eyes("Jane"))
    assert "[X]" in changed
    for _ in range(layers):
        changed = json.loads(changed)["body"]
    assert json.loads(changed) == {"name": "[X]"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Result: {"n": "\\u004aane"} done', 'Result: {"n":"[X]"} done'),
        ('{"n": "\\u004aane"}\n{"n": "b"}\n', '{"n":"[X]"}\n{"n": "b"}\n'),
        ('see [{"n": "J\\u0061ne"}, 1]', 'see [{"n":"[X]"},1]'),
        ('{"n": "\\u004aane", "m": "cu', '{"n": "[X]", "m": "cu'),
        ('cut {"n": "\\\\u004aane', 'cut {"n": "[X]'),
        ('{"a": {"b": "\\u004aane"}, "c', '{"a": {"b":"[X]"}, "c'),
        ("Jane \\ud83d\\ude00 \\ud800", "[X] \U0001f600 \\ud800"),
        ("C:\\new [1] \\u00e9", "C:\\new [1] \\u00e9"),
    ],
)
def test_json_with_text_around_it_and_cut_json_hide_nothing(text: str, expected: str) -> None:
    assert map_json_text(text, Eyes("Jane")) == expected


def test_json_written_as_json_is_decoded_twice() -> None:
    text = json.dumps(json.dumps({"name": "\x4aan\u00e9"}))
    changed = map_json_text(text, Eyes("Jan\u00e9"))
    assert json.loads(json.loads(changed)) == {"name": "[X]"}


@pytest.mark.parametrize("text", ["\\" * 200_000 + '\\"', '[{"' * 100_000, "[ " * 200_000])
def test_no_text_takes_long(text: str) -> None:
    assert map_json_text(text, str) == text


def after_ssn(text: str) -> str:
    return re.sub(r"(?<=ssn: )\d+", "[SSN]", text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"ssn": "123"}, {"ssn": "[SSN]"}),
        ({"ssn": 123456789}, {"ssn": "[SSN]"}),
        ({"SSN": ["123", None]}, {"SSN": ["[SSN]", None]}),
        ({"ssn": {"value": "123"}}, {"ssn": {"value": "[SSN]"}}),
        ({"field": "ssn", "value": "123"}, {"field": "ssn", "value": "[SSN]"}),
        ({"a": '{"ssn": "123"}'}, {"a": '{"ssn":"[SSN]"}'}),
        ({"order": "123", "n": 123456789}, {"order": "123", "n": 123456789}),
        ({"ssn": "1" * 300}, {"ssn": "1" * 300}),
    ],
)
def test_what_a_field_is_called_is_shown_with_its_value(value: Any, expected: Any) -> None:
    assert map_strings(value, after_ssn) == expected


def test_strings_of_json_with_escapes_are_decoded_wherever_they_are() -> None:
    assert map_strings({"a": ['{"n":"\\u004aane"}']}, Eyes("Jane")) == {"a": ['{"n":"[X]"}']}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (4111111111111111, "4111111111111111"),
        (4111111111111111.0, "4111111111111111"),
        (-1234567, "-1234567"),
        (1000000, "1000000"),
        (999999, None),
        (1234567.5, None),
        (True, None),
        (None, None),
    ],
)
def test_long_numbers_are_shown_as_text(number: Any, shown: str | None) -> None:
    eyes = Eyes()
    assert map_strings([number], eyes)[0] is number
    assert eyes.seen == ([] if shown is None else [shown])
    if shown is not None:
        assert map_strings([number], Eyes(shown)) == ["[X]"]


def test_every_digit_of_a_long_number_is_seen() -> None:
    digits = "123456789012345678901234567890"
    assert map_json_text(f'{{"account": {digits}}}', Eyes(digits)) == '{"account":"[X]"}'


@pytest.mark.parametrize(
    ("key", "personal"),
    [
        ("name", False),
        ("order_id", False),
        ("$ref", False),
        ("x-y.z", False),
        ("jane@example.com", True),
        ("+4670123456", True),
        ("Jane Doe", True),
        ("Zoë", True),
        ("id_19840312", True),
        ("Content-Type", False),
        ("1234567", True),
    ],
)
def test_keys_are_structure_unless_they_are_no_names(key: str, personal: bool) -> None:
    eyes = Eyes(key.replace("_", " "))
    changed = map_strings({key: 1}, eyes)
    if key == "Content-Type":
        assert eyes.seen == ["Content Type"]
    assert changed == ({"[X]": 1} if personal else {key: 1})


@pytest.mark.parametrize("key", ["Jane_Doe", "Jane-Doe", "by_Jane_Doe"])
def test_a_key_like_a_name_is_looked_at_as_words(key: str) -> None:
    (changed,) = map_strings({key: 1}, Eyes("Jane Doe"))
    assert "Jane" not in changed


@given(st.integers(1, 40), st.integers(1, 40))
def test_depth_is_counted_in_levels(depth: int, limit: int) -> None:
    value: Any = "x"
    for n in range(depth):
        value = [value, 1] if n % 2 else {"k": value}
    assert deeper_than(value, limit) is (depth > limit)
    assert not deeper_than("text", 0)
