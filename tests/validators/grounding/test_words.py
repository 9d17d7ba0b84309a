import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.grounding.words import concept_of, stem, words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("policies", "policy"),
        ("shipped", "shipping"),
        ("paid", "pays"),
        ("boxes", "box"),
        ("annually", "yearly"),
        ("replaced", "replace"),
    ],
)
def test_inflections_share_a_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(w) for w in ("refund", "return", "retain", "business", "busy")}) == 5


def test_synonyms_share_a_concept_and_opposites_negate_it() -> None:
    assert concept_of("charges") == concept_of("fee")
    concept, negates = concept_of("excluded")
    assert (concept, negates) == (concept_of("included")[0], True)


def test_an_email_is_an_e_mail_at_the_right_place() -> None:
    text = "We e-mail you, not an Email."
    found = words(text)
    assert found[1].concept == found[-1].concept
    assert text[found[1].start : found[1].end] == "e-mail"


@pytest.mark.parametrize("text", ["don't", "can’t", "cannot", "won't"])  # noqa: RUF001 - typed so
def test_contractions_are_negations(text: str) -> None:
    assert words(text)[0].text == "not"


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_words_lie_in_order_within_the_text(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        end = word.end
