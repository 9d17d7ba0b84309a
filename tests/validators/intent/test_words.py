import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.intent.words import ends, literal, plain, without_placeholders


def test_placeholders_are_dropped() -> None:
    assert without_placeholders("I am [PERSON_k7q2] from [US_SSN_abcd23]!") == "I am from !"


def test_what_only_looks_like_a_placeholder_stays() -> None:
    assert without_placeholders("[note] [PERSON] [Order_12]") == "[note] [PERSON] [Order_12]"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("I can't, won't & don't", "i can not will not & do not"),
        ("i\u2019m SURE they\u2019ll come", "i am sure they will come"),
        ("u r gonna luv ur new sofa", "you r going to luv your new sofa"),
        ("Noooo! Why?", "no . why"),
        ("somebody, anybody", "someone anyone"),
        ("[PERSON_k7q2] stole it", "someone stole it"),
        ("su\u200bicide \uff53ue", "suicide sue"),
    ],
)
def test_plain_evens_out_spelling(written: str, expected: str) -> None:
    assert plain(written) == expected


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_plain_is_single_spaced_and_has_no_apostrophes(text: str) -> None:
    words = plain(text)
    assert words == " ".join(words.split())
    assert "'" not in words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("this website is killing me", "this this is annoying"),
        ("dying to try them on", "eager to try them on"),
        ("my phone died", "my phone stopped working"),
        ("my lawyer friend likes it", "my friend likes it"),
    ],
)
def test_idioms_are_said_plainly(written: str, expected: str) -> None:
    assert literal(written) == expected


@pytest.mark.parametrize("text", ["the pain is killing me", "my husband died", "I want to die"])
def test_real_suffering_is_no_idiom(text: str) -> None:
    assert literal(text) == text


@given(st.text(max_size=50), st.integers(min_value=2, max_value=60))
@settings(max_examples=60)
def test_ends_keeps_short_texts_and_bounds_long_ones(text: str, limit: int) -> None:
    kept = ends(text, limit)
    assert kept == text if len(text) <= limit else len(kept) <= limit + 1
