import pytest

from validators.knowledge.outline import Outline, clean, table_lines
from validators.knowledge.page import Block


def test_a_block_carries_the_headings_above_it() -> None:
    outline = Outline()
    outline.heading(1, "Refunds")
    outline.add(["First."])
    outline.heading(3, "By card")
    outline.add(["Second."])
    outline.heading(2, "Exceptions")
    outline.add(["Third."])
    assert outline.finish() == (
        Block(("Refunds",), "First."),
        Block(("Refunds", "By card"), "Second."),
        Block(("Refunds", "Exceptions"), "Third."),
    )
    assert outline.first_heading == "Refunds"


def test_a_heading_over_nothing_is_kept_as_text() -> None:
    outline = Outline()
    outline.heading(1, "FAQ")
    outline.heading(2, "Refunds take five days")
    outline.heading(2, "Returns are free")
    assert outline.finish() == (
        Block(("FAQ",), "Refunds take five days"),
        Block(("FAQ",), "Returns are free"),
    )


def test_empty_lines_and_headings_leave_nothing() -> None:
    outline = Outline()
    outline.heading(1, " \u200b ")
    outline.add(["", " \t "])
    assert outline.finish() == ()


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (" a \n\t b ", "a b"),
        ("with\u00a0no-break", "with no-break"),
        ("hy\u00adphen\u200b\ufeff\x00\x1b", "hyphen"),
        ("line\u2028break", "line break"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_each_row_says_what_its_cells_are() -> None:
    lines = table_lines(["Plan", "Fee:"], [["Basic", "$5"], ["Gold", "$0"]])
    assert list(lines) == ["Plan: Basic; Fee: $5", "Plan: Gold; Fee: $0"]


def test_ragged_rows_lose_no_cell() -> None:
    rows = [["Card fees"], ["A", "1", "a remark"], ["", "2"]]
    assert list(table_lines(["Plan", ""], rows)) == ["Card fees", "Plan: A; 1; a remark", "2"]
