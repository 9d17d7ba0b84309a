from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Audience
from validators.knowledge.page import Block, Page
from validators.knowledge.passages import Sizes, count_words, split_page, split_sentences


def page(*blocks: Block, **fields: Any) -> Page:
    return Page(id="p", title="T", blocks=blocks, **fields)


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * (count - 1) + [f"{word}."])


def test_passages_carry_what_the_page_is() -> None:
    source = page(
        Block(("H",), words(70)),
        Block(("I",), words(170)),
        url="https://example.com",
        audience=Audience.INTERNAL,
        scope={"market": "DE"},
    )
    first, second = split_page(source)
    assert (first.id, first.source_id, first.title) == ("p#0", "p", "T")
    assert (second.id, second.headings) == ("p#1", ("I",))
    assert (first.uri, first.audience, first.scope) == (
        "https://example.com",
        Audience.INTERNAL,
        {"market": "DE"},
    )
    assert first.revision == second.revision == source.digest[:12]


def test_short_sections_are_joined_under_what_they_share() -> None:
    (passage,) = split_page(
        page(
            Block(("A", "B"), "one."),
            Block(("A", "B", "C"), "two."),
            Block(("A", "B", "D"), "three."),
        )
    )
    assert passage.headings == ("A", "B")
    assert passage.text == "one.\nC:\ntwo.\nD:\nthree."


def test_a_long_section_is_split_evenly() -> None:
    source = page(*[Block(("H",), words(50)) for _ in range(5)])
    sizes = [count_words(passage.text) for passage in split_page(source)]
    assert sizes == [150, 100]


def test_an_item_keeps_the_line_that_introduces_it() -> None:
    items = "\n".join(f"{n} {words(40)}" for n in range(8))
    passages = list(split_page(page(Block((), "You must not have:"), Block((), items))))
    assert len(passages) > 1
    assert all(passage.text.startswith("You must not have:\n") for passage in passages)


def test_only_a_single_sentence_may_be_too_long() -> None:
    (passage,) = split_page(page(Block((), words(400))))
    assert count_words(passage.text) == 400


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Pay e.g. Late fees of $3.50. They add.", ["Pay e.g. Late fees of $3.50.", "They add."]),
        ("See No. 5. No. Never.", ["See No. 5.", "No.", "Never."]),
        ("1. Verify it. 2 of 3 pass.", ["1. Verify it.", "2 of 3 pass."]),
        ("Ask Dr. Ng or J. Doe. Then go.", ["Ask Dr. Ng or J. Doe.", "Then go."]),
        ('He said "No." She left.', ['He said "No."', "She left."]),
        ("It ends at 5 p.m. on Fridays.", ["It ends at 5 p.m. on Fridays."]),
        ("\u8fd4\u54c1\u3002\u7121\u6599\u3002", ["\u8fd4\u54c1\u3002", "\u7121\u6599\u3002"]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(line: str, sentences: list[str]) -> None:
    assert split_sentences(line) == sentences


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["Word", "word", "e.g.", "end.", "No!", "3.", '."', "\u3002"])))
def test_sentences_lose_nothing(tokens: list[str]) -> None:
    line = " ".join(tokens)
    assert " ".join(split_sentences(line)).split() == line.split()


LINES = st.lists(
    st.builds(
        lambda word, count, end: " ".join([word] * count) + end,
        st.sampled_from(["Ab", "Cde", "Fghi"]),
        st.integers(1, 40),
        st.sampled_from(".:"),
    ),
    min_size=1,
    max_size=6,
)
BLOCKS = st.lists(
    st.builds(
        Block,
        st.lists(st.sampled_from("ABC"), max_size=3).map(tuple),
        LINES.map("\n".join),
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(BLOCKS, st.sampled_from([Sizes(), Sizes(5, 20), Sizes(0, 60)]))
def test_every_line_is_in_a_passage_in_order_and_uncut(blocks: list[Block], sizes: Sizes) -> None:
    passages = list(split_page(page(*blocks), sizes))
    lines = [line for passage in passages for line in passage.text.split("\n")]
    rest = iter(lines)
    assert all(line in rest for block in blocks for line in block.text.split("\n"))
    assert [passage.id for passage in passages] == [f"p#{n}" for n in range(len(passages))]


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_headings_of_a_passage_frame_all_its_lines(blocks: list[Block]) -> None:
    sizes = Sizes(5, 30)
    for passage in split_page(page(*blocks), sizes):
        framed = [
            block for block in blocks if block.headings[: len(passage.headings)] == passage.headings
        ]
        known = {line for block in framed for line in block.text.split("\n")}
        heads = {f"{heading}:" for block in framed for heading in block.headings}
        assert set(passage.text.split("\n")) <= known | heads


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=12))
def test_neighbours_that_should_be_one_are_joined(counts: list[int]) -> None:
    sizes = Sizes(30, 60)
    blocks = [Block((f"H{n}",), words(count)) for n, count in enumerate(counts)]
    lengths = [count_words(p.text) for p in split_page(page(*blocks), sizes)]
    for pair in pairwise(lengths):
        assert min(pair) >= sizes.least or sum(pair) > sizes.most
