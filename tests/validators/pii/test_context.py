import pytest

from validators.pii.context import contradicted, words_before


@pytest.mark.parametrize(
    "text",
    [
        "order {}",
        "order number: {}",
        "invoice no. {}",
        "ref #{}",
        "paid {}",
        "EUR {}",
        "{} kr",
        "$ {}",
    ],
)
def test_other_numbers_are_recognised_by_their_words(text: str) -> None:
    start = text.index("{}")
    assert contradicted(text.format("12345678"), start, start + 8)


@pytest.mark.parametrize("text", ["call {}", "it is {}", "{}", "in order to call {}"])
def test_other_words_say_nothing(text: str) -> None:
    start = text.index("{}")
    assert not contradicted(text.format("12345678"), start, start + 8)


def test_the_window_is_bounded() -> None:
    assert words_before("abcdef", 5, 2) == "de"
    assert words_before("abcdef", 1, 2) == "a"
