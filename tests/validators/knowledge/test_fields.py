import re
from typing import Any

import pytest

from policies.knowledge import Audience
from validators.knowledge.fields import make_page
from validators.knowledge.page import Block, Draft, Page, Report

TEXT = (Block((), "Some text."),)


def make(
    fields: dict[str, Any],
    blocks: tuple[Block, ...] = TEXT,
    title: str = "",
    internal: tuple[str, ...] = (),
) -> tuple[Page | None, list[str]]:
    report = Report("f", [])
    patterns = [re.compile(pattern) for pattern in internal]
    page = make_page(Draft(4, "", fields, blocks, title), ("dir/stem", "stem"), patterns, report)
    return page, [str(problem) for problem in report.found]


def test_all_fields() -> None:
    fields = {
        "id": 7,
        "Title": " A  title ",
        "url": "https://example.com/a",
        "audience": "Internal",
        "scope": {"market": "DE", "year": 2026},
        "tags": ["ignored"],
    }
    page, problems = make(fields)
    assert problems == []
    assert (page.id, page.title, page.url) == ("7", "A title", "https://example.com/a")
    assert page.audience is Audience.INTERNAL
    assert page.scope == {"market": "DE", "year": "2026"}
    assert (page.file, page.line) == ("f", 4)


def test_defaults() -> None:
    page, _ = make({"title": None, "audience": None, "scope": None, "url": None})
    assert (page.id, page.title, page.url) == ("dir/stem", "stem", None)
    assert page.audience is Audience.CUSTOMER
    assert page.scope == {}
    assert make({}, title="Heading")[0].title == "Heading"


def test_the_title_is_not_repeated_among_the_headings() -> None:
    page, _ = make({}, (Block(("T", "A"), "x"), Block(("U",), "y")), title="T")
    assert page.blocks == (Block(("A",), "x"), Block(("U",), "y"))


def test_a_title_pattern_makes_a_page_internal() -> None:
    assert make({"title": "Internal: x"}, internal=["^Internal:"])[0].audience is Audience.INTERNAL
    assert make({"title": "Not Internal: x"}, internal=["^Internal:"])[0].audience is (
        Audience.CUSTOMER
    )


def test_an_internal_page_is_not_opened_by_its_title() -> None:
    page, _ = make({"audience": "internal", "title": "Open"}, internal=["^Internal:"])
    assert page.audience is Audience.INTERNAL


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"audiance": "internal"}, "f:4: audiance: unknown key: did you mean 'audience'?"),
        ({"scopes": {}}, "f:4: scopes: unknown key: did you mean 'scope'?"),
        ({"audience": "staff"}, "f:4: audience: must be 'customer' or 'internal'"),
        ({"audience": ""}, "f:4: audience: must be 'customer' or 'internal'"),
        ({"url": "javascript:alert(1)"}, "f:4: url: must start with https:// or http://"),
        ({"scope": "DE"}, "f:4: scope: must be keys and values"),
        ({"scope": {"market": False}}, "f:4: scope.market: is read as true or false"),
        ({"scope": {"market": ["DE", "AT"]}}, "f:4: scope.market: must be one value"),
        ({"scope": {"market": ""}}, "f:4: scope.market: must not be empty"),
        ({"title": True}, "f:4: title: is read as true or false"),
        ({"id": ["a"]}, "f:4: id: must be one value"),
    ],
)
def test_a_bad_field_makes_no_page(fields: dict[str, Any], problem: str) -> None:
    page, problems = make(fields)
    assert page is None
    assert [p.startswith(problem) for p in problems] == [True]


def test_a_page_of_nothing_but_its_title_has_no_text() -> None:
    assert make({}, ())[1][0].startswith("f:4: holds no text")
    assert make({}, (Block((), "T"),), title="T")[1][0].startswith("f:4: holds no text")


def test_all_problems_of_a_page_at_once() -> None:
    assert len(make({"audience": "x", "scope": 1, "titel": "y"}, ())[1]) == 4
