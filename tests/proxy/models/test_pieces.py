import pytest

from policies.knowledge import Passage
from proxy.models.pieces import content_words, pieces_of


def said(text: str) -> list[tuple[str, str]]:
    passage = Passage(id="p", source_id="p", title="Returns", text=text)
    return [(piece.text, piece.lead) for piece in pieces_of(0, passage)]


def test_paragraphs_give_sentences_without_their_lead() -> None:
    assert said("Rules:\nYou can return most goods. Gift cards stay with you.") == [
        ("You can return most goods.", ""),
        ("Gift cards stay with you.", ""),
    ]


def test_items_carry_the_line_that_introduces_them() -> None:
    assert said("Excluded goods:\n- **Opened** pillows\n- [gift cards](/help/gift), used;") == [
        ("Opened pillows.", "Excluded goods:"),
        ("gift cards, used.", "Excluded goods:"),
    ]


def test_numbered_steps_stay_together() -> None:
    assert said("How it works:\n1. Open the app.\n2. Log in.\nThis takes a minute or so.") == [
        ("\n1. Open the app.\n2. Log in.\n", "How it works:"),
        ("This takes a minute or so.", "How it works:"),
    ]


@pytest.mark.parametrize(
    "text",
    ["# Heading that is long enough", "| a | b | c | d |", "Yes.", "Can I return it now?", ""],
)
def test_headings_tables_fragments_and_questions_are_left_out(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mattress", "mattresses"),
        ("delivery", "deliveries"),
        ("cancel", "cancels"),
        ("Ship", "shipping"),
        ("date", "dates"),
        ("refund", "refunded"),
        ("address", "addresses"),
    ],
)
def test_forms_of_a_word_are_one_word(one: str, other: str) -> None:
    assert content_words(one) == content_words(other) != frozenset()


def test_placeholders_and_asking_words_carry_no_meaning() -> None:
    assert content_words("How long does it take, [PERSON_k7q2]?") == frozenset()
