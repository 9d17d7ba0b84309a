import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.disguises import edits
from validators.pii.normalise import normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("card four one one one one", "card 41111"),
        ("call + four six seven zero one two", "call + 467012"),
        ("double one seven, forty five thirty", "117,4530"),
        ("one nine two dot one six eight", "192.168"),
        ("fünf eins drei zwei neun", "51329"),
        ("D E eight nine three seven zero", "D E 89370"),
        ("j.o.h.n...s.m.i.t.h.@.x...o.r.g ok", "john.smith@x.org ok"),
        ("a b c d e f", "abcdef"),
    ],
)
def test_they_are_read_plainly(written: str, plain: str) -> None:
    assert normalise(written).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "two or three items, one of six",
        "one two three",
        "for one person and two bags",
        "4 1 1 1 1 1 1 1",
        "e.g. this",
        "- - - - - - - -",
        "twenty one people, thirty five, two",
    ],
)
def test_ordinary_words_and_numbers_stay(text: str) -> None:
    assert list(edits(text)) == []


def test_spans_lead_back_to_the_words() -> None:
    text = "my card is four one one one one one thanks"
    plain = normalise(text)
    start = plain.text.index("411111")
    begin, end = plain.span(start, start + 6)
    assert text[begin:end] == "four one one one one one"


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["one", "Seven", "forty", "double", " ", ", ", "-", "a", "j.o", ".", "9", "\n"]
        ),
        max_size=30,
    ).map("".join)
)
def test_edits_are_in_order_and_disjoint(text: str) -> None:
    end = 0
    for start, stop, _ in edits(text):
        assert end <= start < stop <= len(text)
        end = stop
