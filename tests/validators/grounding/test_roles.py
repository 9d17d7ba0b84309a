"""Which values describe the case at hand, and which state a rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.roles import scenario
from validators.grounding.values import values


def roles(text: str) -> list[bool]:
    return [scenario(text, value) for value in values(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It's been seven weeks since the helper failed to come.",
        "You've had the game for ten days.",
        "Bringing it back twenty minutes late costs nothing.",
        "A 19-year-old living in Cardiff can open an account.",
        "A friend aged 30 can drive.",
        "If 5% of your orders are cancelled, we may limit you.",
        "A claim of $600 is settled from photos.",
        "A 45-day campaign is allowed.",
        "No, at six weeks in you can't use it.",
        "The work was delivered 16 days ago.",
        "With $80,000 raised, the rest follows.",
        "An operation costing $1,900 needs no form.",
    ],
)
def test_a_case_is_no_rule(text: str) -> None:
    assert roles(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "It stays valid for 90 days.",
        "There is a $45 fee.",
        "You have a 30-day trial.",
        "You get a $20 voucher.",
        "We charge $12 for each started hour.",
        "Ask within 14 days.",
        "You pay at most $40.",
        "Call 0800 123 456.",
    ],
)
def test_a_rule_is_no_case(text: str) -> None:
    assert roles(text) == [False]


def test_a_case_and_its_rule_in_one_sentence() -> None:
    assert roles("With Send-in, a coat sold for $120 earns you $72.") == [True, False]


@given(st.text(max_size=120), st.integers(1, 999))
def test_any_surroundings_are_read(text: str, number: int) -> None:
    assert all(r in {True, False} for r in roles(f"{text} ${number} {text}"))


def test_an_opening_phrase_describes_a_case() -> None:
    assert roles("Ill for three weeks, you get a credit.") == [True]
    assert roles("Missing the train by 20 minutes, you may take the next one.") == [True]
    assert roles("Ask within 14 days, and you pay nothing.") == [False]
