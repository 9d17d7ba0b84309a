import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.pii.lexicon import Lexicon
from validators.pii.recognizers_listed import find_listed_names

LEXICON = Lexicon.shipped()


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in find_listed_names(text, LEXICON)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tell anna to wait", ["anna"]),
        ("Anna Fanucci wrote", ["Anna Fanucci"]),
        ("Anna Order", ["Anna"]),
        ("the shop", []),
        ("it was ingrid fanucci who called", ["ingrid fanucci"]),
        ("katie e fanucci paid", ["katie e fanucci"]),
        ("katie a fanucci paid", ["katie", "fanucci"][:1]),
        ("ask guðrún nygårdsdóttir", ["guðrún nygårdsdóttir"]),
        ("o'flannery called", ["o'flannery"]),
    ],
)
def test_listed_names_take_their_neighbours_along(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sven bestellt nie", ["sven"]),
        ("anna ordered two lamps", ["anna"]),
        ("anna oredred two lamps", ["anna"]),
    ],
)
def test_words_of_any_language_and_slips_do_not_belong_to_a_name(
    text: str, names: list[str]
) -> None:
    assert found(text) == names


@pytest.mark.parametrize("text", ["Per day we ship more", "The Nike Air Max in white"])
def test_a_name_that_is_a_word_or_a_part_of_a_product_is_none(text: str) -> None:
    assert found(text) == []


@given(st.text(max_size=80))
def test_names_are_disjoint_and_in_order(text: str) -> None:
    end = 0
    for span in find_listed_names(text, LEXICON):
        assert end <= span.start < span.end <= len(text)
        end = span.end
