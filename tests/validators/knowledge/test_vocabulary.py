import pytest

from validators.knowledge.vocabulary import recurring_names


def test_phrases_that_recur_are_names() -> None:
    titles = ["Sky Blue: Fees", "Opening a Sky Blue Account", "Sky Blue Account limits", "Fees"]
    assert recurring_names(titles) == {"Sky Blue", "Sky Blue Account", "Blue Account"}


def test_punctuation_and_small_words_end_a_name() -> None:
    titles = ["Gold, Card", "Gold, Card x", "Gold of Card", "Gold and Card"]
    assert recurring_names(titles) == set()


@pytest.mark.parametrize("word", ["ATM", "PineSplit", "eSIM"])
def test_acronyms_and_coined_words_are_names(word: str) -> None:
    titles = [f"{word} fees", f"About {word}"]
    assert recurring_names(titles) == ({word} if word[0].isupper() else set())


def test_a_single_ordinary_word_is_never_on_the_list() -> None:
    assert recurring_names(["Grace period", "About Grace", "Grace"]) == set()


def test_once_is_not_enough_and_equal_titles_count_once() -> None:
    assert recurring_names(["Anna Schmidt", "Anna Schmidt", "Contact"]) == set()


def test_numbers_belong_to_a_name() -> None:
    assert "PineSplit 3" in recurring_names(["PineSplit 3: fees", "About PineSplit 3"])
