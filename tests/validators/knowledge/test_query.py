from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.query import MOST_TERMS, Weights, Words, choose_words

COMMON = {"the", "is"}


def choose(text: str, known: set[str] | None = None) -> Words:
    return choose_words(
        text.split(),
        is_common=COMMON.__contains__,
        is_known=lambda token: known is None or token in known,
    )


def test_common_words_count_only_alone() -> None:
    assert choose("the fee is the fee high").terms == ("fee", "high")
    assert choose("is the is").terms == ("is", "the")


def test_unknown_words_take_no_place() -> None:
    text = " ".join(f"unknown{n}" for n in range(500)) + " gold card"
    words = choose(text, known={"gold", "card"})
    assert words.terms == ("gold", "card")
    assert words.pairs == (("gold", "card"),)


def test_pairs_are_neighbours_in_the_text() -> None:
    assert choose("gold card the fee gold card card").pairs == (("gold", "card"), ("fee", "gold"))


def test_nothing_known_is_nothing() -> None:
    assert choose("a b c", known=set()).terms == ()


@given(st.lists(st.integers(0, 300).map(str) | st.sampled_from(sorted(COMMON))))
def test_at_most_so_many_different_words(tokens: list[str]) -> None:
    words = choose(" ".join(tokens))
    assert len(words.terms) == len(set(words.terms)) <= MOST_TERMS
    assert len(words.pairs) <= MOST_TERMS
    assert {word for pair in words.pairs for word in pair} <= set(words.terms)


def test_weights_name_fields() -> None:
    weights = Weights(title=2, body_pair=3)
    assert dict(weights.words())["title"] == 2
    assert dict(weights.pairs())["body"] == 3
