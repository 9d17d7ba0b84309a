from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.labels import is_field_name, labelled, of_item, spoken


@pytest.mark.parametrize(
    ("key", "outer", "label"),
    [
        ("date_of_birth", "", "date of birth"),
        ("dateOfBirth", "order", "date of birth"),
        ("SSN", "", "ssn"),
        ("IBANNumber", "", "iban number"),
        ("address1", "", "address 1"),
        ("f\u00f6delsedatum", "", "f\u00f6delsedatum"),
        ("number", "passport", "passport number"),
        ("number", "", "number"),
        ("first", "name", "first name"),
        ("value", "ssn", "ssn"),
        ("id_19840312", "", ""),
        ("anna@shop.example", "", ""),
        ("x" * 61, "", ""),
    ],
)
def test_a_key_says_in_words_what_a_value_is(key: str, outer: str, label: str) -> None:
    assert of_item({}, key, outer) == label


def test_a_value_may_be_named_beside_it() -> None:
    assert of_item({"label": "Passport no", "value": "x"}, "value", "fact") == "passport no"
    assert of_item({"label": 7, "value": "x"}, "value", "fact") == "fact"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (str, "Anna: x"),
        (lambda text: text.replace("Anna", "[P]"), "[P]: x"),
        (lambda text: text.replace("name", "[N]"), "Anna: x"),
        (lambda _: "[ALL]", "[ALL]"),
    ],
)
def test_the_value_is_what_stands_behind_its_label(
    change: Callable[[str], str], expected: str
) -> None:
    assert labelled("Anna: x", change, "name") == expected


@given(st.text(max_size=250), st.sampled_from(["", "first name"]))
def test_what_stays_stays(value: str, label: str) -> None:
    assert labelled(value, str, label) == value


@given(st.text(alphabet="Anna_Berg19", max_size=12))
def test_four_digits_are_never_a_field_s_name(text: str) -> None:
    assert not is_field_name(f"{text}1984")
    assert "_" not in spoken(f"x_{text}")
