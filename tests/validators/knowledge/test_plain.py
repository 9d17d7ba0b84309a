from validators.knowledge.page import Block, Report
from validators.knowledge.plain import read_plain


def test_wrapped_lines_are_joined_and_items_are_not() -> None:
    text = "Refunds take\nfive days.\n \nYou need:\n- the receipt, and\n  the box\n2) your name\n"
    (draft,) = read_plain(text, Report("a.txt", []))
    assert draft.blocks == (
        Block((), "Refunds take five days."),
        Block((), "You need:\nthe receipt, and the box\n2) your name"),
    )


def test_markup_characters_are_literal() -> None:
    (draft,) = read_plain("# 5 * 3 <b> --- |x|", Report("a.txt", []))
    assert draft.blocks == (Block((), "# 5 * 3 <b> --- |x|"),)
