import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.fuse import fuse

APART = {n: f"page{n}" for n in range(10)}


def order(scored: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in scored]


def test_words_and_meaning_both_count() -> None:
    lexical = {0: 10.0, 1: 9.0}
    assert order(fuse(lexical, {0: 0.5, 1: 0.5}, APART)) == [0, 1]
    assert order(fuse(lexical, {0: 0.5, 1: 0.9}, APART)) == [1, 0]
    assert order(fuse(lexical, {0: 0.0, 1: 1.0}, APART, share=1)) == [0, 1]


def test_the_scale_of_lexical_scores_does_not_matter() -> None:
    similar = {0: 0.31, 1: 0.4, 2: 0.1}
    small = fuse({0: 1.0, 1: 0.5}, similar, APART)
    assert small == fuse({0: 64.0, 1: 32.0}, similar, APART)


def test_what_shares_no_word_can_come_first() -> None:
    assert order(fuse({0: 5.0}, {0: 0.1, 1: 0.9}, APART)) == [1, 0]
    assert order(fuse({}, {0: 0.1, 1: 0.9}, APART)) == [1, 0]


def test_further_passages_of_a_page_fall_behind_their_equals() -> None:
    similar = {0: 0.9, 1: 0.8, 2: 0.79, 3: 0.5}
    pages = {0: "a", 1: "a", 2: "b", 3: "a"}
    assert order(fuse({}, similar, pages)) == [0, 2, 1, 3]
    assert order(fuse({}, similar, pages, repeat=0)) == [0, 1, 2, 3]
    scores = dict(fuse({}, similar, pages, share=0, repeat=0.1))
    assert scores[3] == pytest.approx(0.3)


def test_equal_scores_keep_the_order_of_the_passages() -> None:
    assert order(fuse({}, {3: 0.5, 1: 0.5, 2: 0.5}, APART)) == [1, 2, 3]
    assert fuse({}, {}, {}) == []


cosines = st.floats(-1, 1, allow_nan=False)


@given(
    st.dictionaries(st.integers(0, 9), cosines),
    st.dictionaries(st.integers(0, 9), st.floats(0, 100, allow_nan=False)),
    st.lists(st.sampled_from("ab"), min_size=10, max_size=10),
)
def test_all_candidates_come_out_once_best_first(
    similar: dict[int, float], lexical: dict[int, float], owners: list[str]
) -> None:
    lexical = {n: s for n, s in lexical.items() if n in similar}
    found = fuse(lexical, similar, dict(enumerate(owners)))
    assert sorted(order(found)) == sorted(similar)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
