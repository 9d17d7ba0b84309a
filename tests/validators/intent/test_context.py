import pytest

from validators.intent.context import earlier_question, has_own_words, is_short, leans_back


@pytest.mark.parametrize(
    "text",
    ["yes please", "Yes, that's right!", "ok", "no thanks.", "[PERSON_k7q2]", "", "that one"],
)
def test_assent_has_no_words_of_its_own(text: str) -> None:
    assert not has_own_words(text)


@pytest.mark.parametrize("text", ["operator", "yes, refund me", "okra", "notes", "refund pls"])
def test_a_word_of_its_own_is_enough(text: str) -> None:
    assert has_own_words(text)


@pytest.mark.parametrize(
    "text",
    ["and for Sweden?", "what about shoes", "is it free?", "Why?", "how long", "ok but when"],
)
def test_follow_ups_lean_back(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my parcel",
        "refund please",
        "and could you tell me in detail how to return the shoes that I bought",
    ],
)
def test_whole_questions_stand_alone(text: str) -> None:
    assert not leans_back(text)


def test_short_is_counted_in_words_without_placeholders() -> None:
    assert is_short("it was for [PERSON_k7q2]")
    assert not is_short("I would like to know where my parcel has gone")


def test_the_earlier_question_skips_assent_and_keeps_what_it_leans_on() -> None:
    messages = ["where is my parcel", "how much is shipping to Norway", "and for Sweden?", "ok"]
    assert earlier_question(messages) == "how much is shipping to Norway and for Sweden?"


def test_without_words_there_is_no_earlier_question() -> None:
    assert earlier_question([]) == ""
    assert earlier_question(["ok", "yes"]) == ""
