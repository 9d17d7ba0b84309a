import pytest

from validators.knowledge.lint.guards import (
    cases,
    charged,
    circumstances,
    is_example,
    is_negated,
    is_open,
    is_past,
)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("5 EUR per order", "5 EUR", {"buy"}),
        ("5 EUR for each item", "5 EUR", {"item"}),
        ("5 EUR/month", "5 EUR", {"month"}),
        ("5 EUR a month", "5 EUR", {"month"}),
        ("5 EUR per calendar year", "5 EUR", {"year"}),
        ("a fee of 5 EUR applies", "5 EUR", set()),
        ("a monthly fee of 5 EUR", "5 EUR", {"month"}),
    ],
)
def test_what_a_value_is_counted_by(text: str, value: str, expected: set[str]) -> None:
    start = text.index(value)
    assert charged(text, start, start + len(value)) == expected


def test_incoming_and_outgoing_are_two_cases() -> None:
    assert cases(["incoming"]) != cases(["outgoing"])
    assert cases(["students"]) == cases(["student"])
    assert cases(["abroad"]) == cases(["overseas"])
    assert cases(["saving", "table"]) == frozenset()
    assert circumstances(["online", "table"]) == {"online"}


def test_kinds_of_sentences() -> None:
    assert is_example("For example, 100 EUR gives you 2 EUR.")
    assert not is_example("You get 2 EUR.")
    assert is_past("The fee was 4 EUR.")
    assert not is_past("The fee is 4 EUR.")
    assert is_open("It usually takes 4 days.")
    assert not is_open("It takes 4 days.")
    assert is_negated("It doesn't cost 5 EUR.")
    assert not is_negated("It costs no more than 5 EUR.")
