import pytest

from policies.errors import HandrailError, Problem
from policies.knowledge import Audience
from validators.knowledge.page import Block, KnowledgeError, Page, Report

PAGE = Page(id="a", title="T", blocks=(Block(("H",), "x"),))


@pytest.mark.parametrize(
    "other",
    [
        Page(id="b", title="T", blocks=PAGE.blocks),
        Page(id="a", title="U", blocks=PAGE.blocks),
        Page(id="a", title="T", blocks=(Block((), "x"),)),
        Page(id="a", title="T", blocks=PAGE.blocks, url="https://example.com"),
        Page(id="a", title="T", blocks=PAGE.blocks, audience=Audience.INTERNAL),
        Page(id="a", title="T", blocks=PAGE.blocks, scope={"market": "DE"}),
    ],
)
def test_the_digest_covers_all_that_is_shown(other: Page) -> None:
    assert other.digest != PAGE.digest


def test_the_digest_ignores_where_the_page_was_read() -> None:
    assert Page(id="a", title="T", blocks=PAGE.blocks, file="f", line=3).digest == PAGE.digest


def test_the_error_is_of_the_tree_and_lists_all_problems() -> None:
    error = KnowledgeError(Problem("a", 1, "", "x"), Problem("b", None, "k", "y"))
    assert isinstance(error, HandrailError)
    assert str(error) == "a:1: x\nb: k: y"


def test_a_report_names_its_file() -> None:
    report = Report("f", [])
    report(1, "", "x")
    report(None, "k", "y")
    assert report.found == [Problem("f", 1, "", "x"), Problem("f", None, "k", "y")]
