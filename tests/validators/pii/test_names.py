import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.lexicon import Lexicon
from validators.pii.names import may_hold_name, trimmed_name, true_cased

LEXICON = Lexicon.shipped(["Trail Pack", "Nordlys"])


@pytest.mark.parametrize(
    "word", ["orders", "Shipping", "refunded", "can't", "carried", "unlocked", "Stopped"]
)
def test_inflected_everyday_words_are_common(word: str) -> None:
    assert LEXICON.is_common(word)


@pytest.mark.parametrize("word", ["Björklund", "Rubija", "Fanucci"])
def test_names_are_not_common(word: str) -> None:
    assert LEXICON.may_be_name(word)


def test_operators_terms_are_allowed() -> None:
    assert not LEXICON.may_be_name("Nordlys")
    assert trimmed_name("a Trail Pack", 2, 12, LEXICON) is None


@pytest.mark.parametrize(
    ("word", "listed"),
    [
        ("Anna", True),
        ("anna", True),
        ("Smith", True),
        ("smith", False),
        ("per", False),
        ("Visa", False),
    ],
)
def test_lists(word: str, listed: bool) -> None:
    assert LEXICON.is_listed(word) is listed


@pytest.mark.parametrize(
    ("text", "may"),
    [("Where is my order?", False), ("Please ask Rubija", True), ("please ask rubija", False)],
)
def test_when_the_model_is_worth_running(text: str, may: bool) -> None:
    assert may_hold_name(text, LEXICON) is may


def test_lower_case_text_gets_capitals_on_uncommon_words() -> None:
    assert true_cased("please ask rubija about it", LEXICON) == "please ask Rubija about it"
    assert true_cased("Please ask Rubija", LEXICON) is None
    assert true_cased("where is my order", LEXICON) is None


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_true_casing_keeps_offsets(text: str) -> None:
    cased = true_cased(text, LEXICON)
    assert cased is None or (len(cased) == len(text) and cased.casefold() == text.casefold())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Order Ada Byron", "Ada Byron"),
        ("Rubija's", "Rubija"),
        ("Rubija\nOrder", "Rubija"),
        ("Shipping Fees", None),
        ("R2D2", None),
    ],
)
def test_spans_are_trimmed_to_the_name(text: str, name: str | None) -> None:
    span = trimmed_name(text, 0, len(text), LEXICON)
    assert (span and text[span[0] : span[1]]) == name
