import pytest

from validators.grounding import lexicon
from validators.grounding.foreign import ALSO_ENGLISH, BORROWED, WORDS


@pytest.mark.parametrize("name", sorted(WORDS))
def test_the_words_of_a_language_are_small_and_its_own(name: str) -> None:
    words = WORDS[name]
    assert len(words) > 50
    assert all(word == word.casefold() or "\u00df" in word for word in words)
    shared = words & (lexicon.STOP_WORDS | ALSO_ENGLISH)
    assert len(shared) < 0.3 * len(words)


def test_every_word_that_is_also_english_stands_in_some_language() -> None:
    known = frozenset[str]().union(*WORDS.values())
    assert known >= ALSO_ENGLISH


def test_borrowed_words_have_a_foreign_letter() -> None:
    assert all(max(word) >= "\u00c0" for word in BORROWED)
