"""What a rule is reserved to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.reading import Reading
from validators.grounding.words import concept_of


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Reviews are possible on paper exams only.", "paper"),
        ("Crane loading is $60; Carrow only.", "carrow"),
        ("Only members can book.", "member"),
        ("The lounge is reserved for Gold guests.", "gold"),
        ("Returns are limited to faulty goods.", "faulty"),
    ],
)
def test_the_only_case_is_found(text: str, word: str) -> None:
    assert any(concept_of(word)[0] in found for found in Reading(text).reserved)


@pytest.mark.parametrize("text", ["Everybody can book.", "Paper exams are reviewed.", ""])
def test_a_rule_for_all_is_reserved_to_nobody(text: str) -> None:
    assert Reading(text).reserved == ()


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_holds_words_of_the_text_alone(before: str, after: str) -> None:
    reading = Reading(f"{before} only {after}")
    assert all(found <= reading.concepts for found in reading.reserved)
