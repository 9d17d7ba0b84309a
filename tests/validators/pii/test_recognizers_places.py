import pytest

from validators.pii.lexicon import Lexicon
from validators.pii.recognizers_places import find_places, trimmed_place

LEXICON = Lexicon.shipped(["Trondheim"])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I live in Rauma now", "Rauma"),
        ("We moved here from Chiclana de la Frontera.", "Chiclana de la Frontera"),
        ("she is originally from Kędzierzyn-Koźle", "Kędzierzyn-Koźle"),
        ("I grew up in Charlevoix", "Charlevoix"),
        ("we moved here from Norway", "Norway"),
        ("i was born in norway and live here", "norway"),
        ("a student at the University of Rauma", "Rauma"),
    ],
)
def test_where_somebody_lives_or_comes_from(text: str, place: str) -> None:
    assert [text[s.start : s.end] for s in find_places(text, LEXICON)] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "I live in Sweden",
        "I moved to London",
        "we live in Trondheim",
        "I live in the house",
        "based on Rauma",
        "I went to Support",
    ],
)
def test_countries_listed_and_everyday_words_stay(text: str) -> None:
    assert list(find_places(text, LEXICON)) == []


@pytest.mark.parametrize(
    ("text", "start", "kept"),
    [("parcels to Rauma", 11, True), ("Rauma is nice", 0, False), ("in Phantom Black", 3, False)],
)
def test_a_recognised_place_needs_its_preposition_and_no_everyday_word(
    text: str, start: int, kept: bool
) -> None:
    end = len(text) if start else 5
    assert (trimmed_place(text, start, end, LEXICON) is not None) is kept
