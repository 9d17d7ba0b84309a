from itertools import combinations

from validators.language_words import SAID


def test_words_are_written_as_they_are_looked_up() -> None:
    for words in SAID.values():
        assert words
        assert all(word == word.lower() for word in words)


def test_no_list_is_mostly_another_language_s() -> None:
    for (one, first), (two, second) in combinations(SAID.items(), 2):
        assert len(first & second) <= 0.35 * min(len(first), len(second)), (one, two)
