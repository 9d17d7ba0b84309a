import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.knowledge.html import add_html, html_lines, read_html
from validators.knowledge.outline import Outline
from validators.knowledge.page import Block, Report


def blocks(markup: str) -> tuple[Block, ...]:
    outline = Outline()
    add_html(markup, outline)
    return outline.finish()


def test_only_what_a_reader_sees_is_kept() -> None:
    markup = """<!doctype html><html><head><title>T</title><style>p{}</style></head><body>
    <nav>Home</nav><p hidden>old</p><p aria-hidden="true">x</p><script>1</script>
    <!-- note --><p>Free <b>re</b>turns<br>within 30&nbsp;days. <del>14 days.</del></p>
    <footer>Imprint</footer></body></html>"""
    assert blocks(markup) == (Block((), "Free returns\nwithin 30 days."),)


def test_main_is_preferred() -> None:
    assert blocks("<body><p>Cookies?</p><main><p>Text.</p></main></body>") == (Block((), "Text."),)


def test_headings_frame_divs_and_paragraphs() -> None:
    markup = "<div><h1>A</h1>loose<div>inner</div><section><h2>B</h2><p>text</p></section></div>"
    assert blocks(markup) == (
        Block(("A",), "loose"),
        Block(("A",), "inner"),
        Block(("A", "B"), "text"),
    )


def test_lists_are_one_line_per_item() -> None:
    markup = (
        "<ul><li>one <i>1</i></li><li><p>two</p><ol><li>first</li><li>second</li></ol></li></ul>"
    )
    assert html_lines(markup) == ["one 1", "two", "1. first", "2. second"]


def test_definitions_join_term_and_text() -> None:
    assert html_lines("<dl><dt>Fee:</dt><dd>$5</dd><dd>or 4</dd></dl>") == ["Fee: $5", "Fee: or 4"]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            "<thead><tr><th>Plan</th><th>Fee</th></tr></thead><tr><td>A<br>B</td><td>1</td></tr>",
            ["Plan: A B; Fee: 1"],
        ),
        ("<tr><th>Fee</th><td>$5</td><td>monthly</td></tr>", ["Fee: $5; monthly"]),
        ("<tr><td>a</td><td>b</td></tr>", ["a; b"]),
        (
            (
                "<tr><th>X</th><th>Y</th></tr><tr><td>1</td>"
                "<td><table><tr><td>2</td><td>3</td></tr></table></td></tr>"
            ),
            ["X: 1; Y: 2; 3"],
        ),
    ],
)
def test_each_row_of_a_table_is_one_line(rows: str, lines: list[str]) -> None:
    assert html_lines(f"<table>{rows}</table>") == lines


def test_cards_in_a_list_keep_their_headings() -> None:
    assert blocks("<ul><li><h3>Gold</h3><p>Fee $5</p></li></ul>") == (Block(("Gold",), "Fee $5"),)


def test_preformatted_text_keeps_lines() -> None:
    assert html_lines("<pre>a\n b</pre>") == ["a", "b"]


def test_very_deep_nesting_is_read_as_text() -> None:
    depth = 3000
    assert html_lines("<div>" * depth + "deep <b>down</b>" + "</div>" * depth) == ["deep down"]


def test_title_comes_from_title_then_heading() -> None:
    report = Report("a.html", [])
    (draft,) = read_html("<title>The title</title><h1>Other</h1><p>x</p>", report)
    assert draft.title == "The title"
    (draft,) = read_html("<h1>Other</h1><p>x</p>", report)
    assert draft.title == "Other"


def test_front_matter_works_as_in_markdown() -> None:
    report = Report("a.html", [])
    (draft,) = read_html("---\nid: x\n---\n<p>text</p>", report)
    assert (draft.fields, draft.blocks) == ({"id": "x"}, (Block((), "text"),))


MARKUP = (
    "<p> </p> <ul> <li> </ul> <table> <tr> <td> </table> <h1> </h1> <dl> <dt> <dd> <br> <!-- --> "
    "<![CDATA[ <script> &amp; <"
)
TAGS = st.sampled_from(MARKUP.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(TAGS | st.text(max_size=5), max_size=30).map("".join))
def test_any_markup_parses_to_clean_lines(markup: str) -> None:
    for line in html_lines(markup):
        assert line
        assert line == " ".join(line.split())
