import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.lexicon import Lexicon, word_list

LEXICON = Lexicon.shipped(["Trail Pack", "Nordlys"])


@pytest.mark.parametrize(
    "word",
    [
        "is",
        "are",
        "returned",
        "Deliveries",
        "unhappy",
        "charging",
        "can't",
        "re-order",
        "out-dated",
        "the",
    ],
)
def test_everyday_words_in_any_form(word: str) -> None:
    assert LEXICON.is_common(word)


@pytest.mark.parametrize("word", ["Fanucci", "Oluwaseun", "Rauma", "x" * 200])
def test_other_words(word: str) -> None:
    assert not LEXICON.is_common(word)
    assert not LEXICON.is_mistyped(word)


@pytest.mark.parametrize("word", ["delivry", "paymnet", "chargged", "yuo", "thta", "custemer"])
def test_one_slip_of_the_fingers_makes_no_name(word: str) -> None:
    assert LEXICON.is_mistyped(word)


@pytest.mark.parametrize("word", ["fanucci", "ravil", "maria"])
def test_names_are_not_taken_for_slips(word: str) -> None:
    assert not LEXICON.is_mistyped(word)


def test_names_on_the_lists_count_as_written() -> None:
    assert LEXICON.is_listed("maria")
    assert LEXICON.is_listed("Maria's")
    assert LEXICON.is_listed("Lindqvist")
    assert not LEXICON.is_listed("garcia")
    assert LEXICON.is_listed("nygårdsström")
    assert not LEXICON.is_listed("mcafee")
    assert not LEXICON.is_listed("sue")


def test_allowed_phrases_are_found_with_their_place() -> None:
    text = "my Calvin Klein and the trail pack"
    assert [text[a:b] for a, b in LEXICON.allowed_phrases(text)] == ["Calvin Klein", "trail pack"]


def test_no_list_holds_digits_or_capitals_in_words() -> None:
    assert all(word.isalpha() or set(word) & set("'-/") for word in word_list("common_words.txt"))
    assert not word_list("given_names.txt") & {"the", "and", "order", "card"}


@settings(max_examples=60)
@given(st.text(st.characters(), max_size=20))
def test_any_word_is_judged(word: str) -> None:
    assert LEXICON.is_common(word) in (True, False)
    assert LEXICON.is_mistyped(word) in (True, False)
    assert all(word[a:b] for a, b in LEXICON.allowed_phrases(word))
