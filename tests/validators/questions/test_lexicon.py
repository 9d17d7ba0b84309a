import pytest

from validators.questions.lexicon import default_lexicon

LEXICON = default_lexicon()


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("cancelling", "cancel"),
        ("cancellation", "cancel"),
        ("apps", "app"),
        ("reimbursed", "refund"),
        ("zanzibar", "zanzibar"),
    ],
)
def test_words_of_a_row_are_one_concept(word: str, concept: str) -> None:
    assert LEXICON.concept(word) == concept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("debit", "credit"),
        ("lock", "unlock"),
        ("activate", "deactivate"),
        ("deposit", "withdraw"),
        ("minimum", "maximum"),
        ("lend", "borrow"),
        ("apply", "app"),
        ("password", "pin"),
    ],
)
def test_what_is_close_but_not_alike_stays_apart(one: str, other: str) -> None:
    assert LEXICON.concept(one) != LEXICON.concept(other)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("please turn the roaming off", "deactivate roaming"),
        ("turn off roaming", "deactivate roaming"),
        ("picking up my order", "pick_up my order"),
        ("put my list on", "put_on my list"),
        ("i want a card", "@want/i get card"),
    ],
)
def test_expressions_become_one_word(said: str, expected: str) -> None:
    assert " ".join(LEXICON.rewritten(said.split())) == expected
