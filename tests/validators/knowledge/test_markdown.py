from hypothesis import given, settings
from hypothesis import strategies as st

from validators.knowledge.markdown import markdown_outline, read_markdown
from validators.knowledge.page import Block, Report


def texts(source: str) -> list[str]:
    return [block.text for block in markdown_outline(source).finish()]


def test_paragraphs_lists_and_tables() -> None:
    source = """
# Fees

Fees differ by
plan.

- Basic costs *five* dollars.
  It can be cancelled.
- Gold:
  1. free first year
  2. then `$10`

| Plan | Fee |
| --- | --- |
| Basic | $5 |
| Gold | $10 |
"""
    assert texts(source) == [
        "Fees differ by plan.",
        "Basic costs five dollars. It can be cancelled.\nGold:\n1. free first year\n2. then $10",
        "Plan: Basic; Fee: $5\nPlan: Gold; Fee: $10",
    ]


def test_headings_frame_what_follows() -> None:
    assert markdown_outline("# A\n\nx\n\n## B\n\ny").finish() == (
        Block(("A",), "x"),
        Block(("A", "B"), "y"),
    )


def test_numbers_of_a_list_are_kept() -> None:
    assert texts("3. third\n4. fourth") == ["3. third\n4. fourth"]


def test_text_after_a_nested_list_stays_after_it() -> None:
    assert texts("1. Check:\n   - name\n\n   Then send it.") == ["1. Check:\nname\nThen send it."]


def test_links_and_images_are_their_words() -> None:
    assert texts("See [our terms](https://example.com) ![the badge](b.png).") == [
        "See our terms the badge."
    ]


def test_struck_out_text_is_no_evidence() -> None:
    assert texts("The fee is ~~$30~~ $25.") == ["The fee is $25."]


def test_hard_breaks_keep_lines_apart() -> None:
    assert texts("Monday 9-5  \nTuesday 9-4<br>Wednesday closed") == [
        "Monday 9-5\nTuesday 9-4\nWednesday closed"
    ]


def test_embedded_html_is_read_and_comments_are_not() -> None:
    source = "<!-- draft -->\n\n<h2>Limits</h2>\n\nAt most 5.\n\n- a\n\n  <p>b</p>\n"
    assert markdown_outline(source).finish() == (
        Block(("Limits",), "At most 5."),
        Block(("Limits",), "a\nb"),
    )


def test_code_and_quotes_are_text() -> None:
    assert texts("> quoted\n\n```\none\n  two\n```\n\n    three") == ["quoted", "one\ntwo", "three"]


def test_front_matter_and_first_heading_become_the_draft() -> None:
    report = Report("a.md", [])
    (draft,) = read_markdown("---\naudience: internal\n---\n# Title\n\ntext", report)
    assert draft.fields == {"audience": "internal"}
    assert draft.title == "Title"
    assert draft.blocks == (Block(("Title",), "text"),)
    assert report.found == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="#-*>|`~[]()!<>/abc 1.\n\t\\_&;\u2028\x00", max_size=80))
def test_any_text_parses_to_clean_lines(source: str) -> None:
    for block in markdown_outline(source).finish():
        for line in block.text.split("\n"):
            assert line
            assert line == " ".join(line.split())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,5}", fullmatch=True), min_size=1))
def test_every_item_is_one_line(items: list[str]) -> None:
    assert texts("\n".join(f"- {item}" for item in items)) == ["\n".join(items)]
