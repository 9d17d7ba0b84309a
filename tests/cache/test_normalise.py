import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.normalise import normalise


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Where is it?", "where is it"),
        ("Where is  it ?\n", "WHERE IS IT"),
        ("What\u2019s \u201cexpress\u201d?", 'what\'s "express"'),
        ("\uff37\uff48\uff45\uff4e\uff1f", "when"),
        ("How much is 5\u00a0\u20ac?!", "how much is 5 \u20ac"),
        ("caf\u00e9", "cafe\u0301"),
        ("Wo ist \u00dcbersicht\u2026", "wo ist \u00fcbersicht"),
    ],
)
def test_spelling_that_means_nothing_goes(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Is it 10 days?", "Is it 100 days?"),
        ("Is it 1.5 days?", "Is it 15 days?"),
        ("Is it 10\u00b2?", "Is it 102?"),
        ("Is it 1\u00bd?", "Is it 11/2?"),
        ("Is it 5 \u20ac?", "Is it 5 $?"),
        ("Is it 5%?", "Is it 5?"),
        ("Is it +5?", "Is it -5?"),
        ("Can I return it?", "Can't I return it?"),
        ("Can I not return it?", "Can I return it?"),
        ("Trinkt man in Ma\u00dfen?", "Trinkt man in Massen?"),
        ("Is it C?", "Is it C++?"),
        ("Was kostet er?", "Was kostet es?"),
    ],
)
def test_what_carries_meaning_stays(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(f"  {text}\t") == once


@given(st.text("abcABC0123456789 .,%\u20ac$+-/\u00b2\u00bd?!'", max_size=40))
@settings(deadline=None, max_examples=300)
def test_digits_and_signs_survive_in_order(text: str) -> None:
    signs = "[0-9%\u20ac$+/\u00b2\u00bd-]"
    assert re.findall(signs, normalise(text)) == re.findall(signs, text)


@given(st.text(min_size=1, max_size=40).filter(lambda t: bool(t.strip())))
@settings(deadline=None)
def test_a_question_never_becomes_nothing(text: str) -> None:
    assert normalise(text)


@given(st.text(st.characters(categories=["Ll", "Nd"]), max_size=30))
@settings(deadline=None)
def test_every_decimal_digit_keeps_its_value(text: str) -> None:
    def values(t: str) -> list[int]:
        return [unicodedata.decimal(c) for c in t if unicodedata.category(c) == "Nd"]

    assert values(normalise(text)) == values(text)
