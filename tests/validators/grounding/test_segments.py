"""Which words belong to which value of a sentence or row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.reading import Reading
from validators.grounding.words import concept_of

COLUMNS = ("", "Nook", "Room")


def concepts(*words: str) -> set[str]:
    return {concept_of(word)[0] for word in words}


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("15% for the Hebrides, 25% for the Fjords", {"hebrides"}, {"fjords"}),
        ("the next working day (Steady) or after two working days (Flex)", {"steady"}, {"flex"}),
        ("It waits 7 days (Swift: 10 days).", set(), {"swift"}),
        ("after 3 hours on Slow and after 45 minutes on Fast and Ultra", {"slow"}, {"fast"}),
        ("Nest $240, Nest Pro $340", set(), {"pro"}),
    ],
)
def test_a_value_has_the_words_of_its_own_part(
    text: str, first: set[str], second: set[str]
) -> None:
    ours, theirs = Reading(text).labels
    assert concepts(*first) <= ours
    assert concepts(*second) <= theirs
    assert not concepts(*second) & ours
    assert not concepts(*first) & theirs


def test_a_figure_may_be_a_label() -> None:
    labels = Reading("12 hours in zone 3, 10 hours in zone 5").labels
    assert "=3" in labels[0]
    assert "=5" not in labels[0]


def test_a_cell_has_the_heading_above_it() -> None:
    *_, nook, room = Reading("| Rent | $10 | $20 |", COLUMNS).labels
    assert nook == concepts("nook")
    assert room == concepts("room")


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("| Price | $10 | $20 |", {"price"}),
        ("Standard delivery: $3", {"standard", "delivery"}),
        ("It is delivered within 3 days.", set()),
    ],
)
def test_rows_and_items_have_a_head(text: str, head: set[str]) -> None:
    assert Reading(text).head == concepts(*head)


@given(
    st.text(alphabet="ab 15%$|,;():.andor", max_size=120),
    st.lists(st.text(alphabet="xyz ", max_size=6), max_size=4),
)
def test_each_value_gets_labels_whatever_the_text(text: str, columns: list[str]) -> None:
    reading = Reading(text, tuple(columns))
    assert len(reading.labels) == len(reading.values)


def test_many_values_are_not_labelled() -> None:
    assert not any(Reading(", ".join(f"${n} for x{n}" for n in range(1, 30))).labels)
