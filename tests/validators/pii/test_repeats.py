import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.pii.repeats import Repeats

ANNA = ("PERSON", "Anna Berg")


def found(values: list[tuple[str, str]], text: str) -> list[str]:
    return [text[s.start : s.end] for s in Repeats(values).find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello Anna Berg, and ANNA BERG", ["Anna Berg", "ANNA BERG"]),
        ("Hello Anna Bergman, MarAnna Berg, Anna  Berg", []),
        ("Anna Berg", ["Anna Berg"]),
        ("Anna Anna Berg's", ["Anna Berg"]),
    ],
)
def test_whole_values_are_found_whatever_their_case(text: str, expected: list[str]) -> None:
    assert found([ANNA], text) == expected


def test_a_value_may_begin_with_a_sign() -> None:
    assert found([("PHONE_NUMBER", "+46 70 123 45")], "call +46 70 123 45!") == ["+46 70 123 45"]


def test_the_longest_of_several_wins_and_none_overlap() -> None:
    values = [ANNA, ("PERSON", "Anna Berg Lund"), ("ADDRESS", "Berg Lund 12")]
    assert found(values, "to Anna Berg Lund 12") == ["Anna Berg Lund"]


@pytest.mark.parametrize(
    "value",
    [
        ("PERSON", "Annabelle"),
        ("LOCATION", "New York"),
        ("TEXT", "[PERSON_k7q2]"),
        ("PHONE_NUMBER", "12345"),
    ],
)
def test_what_means_little_alone_is_not_looked_for(value: tuple[str, str]) -> None:
    assert not Repeats([value])
    assert found([value], f"x {value[1]} y") == []


@given(
    st.lists(st.sampled_from(["Anna Berg", "anna", "Berg", " ", "x", ".", "Bo Ek Lo"])).map("".join)
)
def test_it_finds_what_a_regular_expression_finds(text: str) -> None:
    pattern = re.compile(r"(?<!\w)(?:anna berg|bo ek lo)(?!\w)", re.IGNORECASE)
    expected = [m.group() for m in pattern.finditer(text)]
    assert found([ANNA, ("PERSON", "Bo Ek Lo")], text) == expected
