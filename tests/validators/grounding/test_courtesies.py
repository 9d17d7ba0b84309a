"""What is only polite, and what merely opens kindly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.courtesies import polite


@pytest.mark.parametrize(
    "sentence",
    [
        "No problem, it happens.",
        "Great to have you with us!",
        "No need to panic.",
        "I hope she's all right.",
        "That must be tiring.",
        "I\u2019m glad you asked.",
        "Bad luck.",
        "That depends on two things.",
        "It depends.",
        "Here's how it works.",
        "Thanks for joining us.",
    ],
)
def test_kind_words_claim_nothing(sentence: str) -> None:
    assert polite(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Absolutely.",
        "Yes, that's correct.",
        "You can.",
        "Not all of it.",
        "Good news: it's free.",
        "I'm glad to say the fee is refunded.",
        "No worries, we never charge for that.",
        "We have a secret lounge.",
        "Great, that is 20 euros.",
        "You must be kidding, it is guaranteed.",
        "That depends on how it is sent.",
        "",
    ],
)
def test_a_kind_opening_hides_no_claim(sentence: str) -> None:
    assert not polite(sentence)


@given(
    st.sampled_from(["Sorry to hear that", "That's a pity", "Happy to help"]),
    st.sampled_from(["refunded", "free", "never", "guaranteed", "entitled", "must", "covered"]),
)
def test_a_word_of_policy_makes_it_a_claim(opening: str, word: str) -> None:
    assert not polite(f"{opening}, {word} today.")


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert polite(text) in {True, False}


@pytest.mark.parametrize(
    "text",
    [
        "Let me do the sum.",
        "What a nice outing!",
        "Get well soon.",
        "No harm done.",
        "Happy to explain.",
    ],
)
def test_small_talk_is_polite(text: str) -> None:
    assert polite(text)


@pytest.mark.parametrize(
    "text",
    [
        "What a full refund!",
        "Let me cancel the plan.",
        "You can compare and break the plan early.",
        "How it works: you pay later.",
        "Good luck, the fee is waived!",
    ],
)
def test_a_fact_in_kind_words_is_none(text: str) -> None:
    assert not polite(text)
