import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.reading import Reading
from validators.grounding.wordings import QUOTED, page, quoted, shortened, spelled

PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_[a-z2-7]+\]")
WORD = st.sampled_from(["parcel", "[PERSON_gy7w]", "[EMAIL_ADDRESS_k2m4q]", "a", "refunded,"])


@given(st.lists(WORD, max_size=60).map(" ".join), st.integers(20, 120))
def test_what_is_cut_holds_whole_placeholders_only(text: str, limit: int) -> None:
    found = shortened(text, limit)
    assert len(found) <= limit
    assert "[" not in PLACEHOLDER.sub("", found)
    if len(text) <= limit:
        assert found == text


@given(st.text(max_size=400))
def test_a_quote_is_one_short_line(text: str) -> None:
    found = quoted(text)
    assert found[0] == "\u201c"
    assert found[-1] == "\u201d"
    assert len(found) <= QUOTED + 2
    assert len(found.splitlines()) == 1


def test_marks_of_lists_and_headings_are_not_quoted() -> None:
    assert quoted("- **Returns:** are free. ") == "“Returns:** are free”"
    assert quoted("| Gold | 3 % |") == "“Gold | 3 %”"


def test_a_page_is_named_by_its_title() -> None:
    passage = Passage("p#0", "p", "Returns\nand refunds", "x")
    assert page(passage) == "The page 'Returns and refunds'"
    assert page(passage, inside=True) == "the page 'Returns and refunds'"
    assert page(Passage("p#0", "p", "", "x")) == "The page"


@pytest.mark.parametrize(
    ("text", "named", "words"),
    [
        ("The Silver Card is free.", "Silver", "Silver Card"),
        ("Is it free with Gold?", "Gold", "Gold"),
        ("Nothing.", "Gold", ""),
    ],
)
def test_names_are_written_whole_and_as_in_the_text(text: str, named: str, words: str) -> None:
    assert spelled(Reading(text), Reading(named).concepts) == words
