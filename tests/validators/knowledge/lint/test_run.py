import json
from pathlib import Path
from typing import Any

import pytest

from policies.knowledge import Audience
from validators.knowledge.lint.report import RemarkKind
from validators.knowledge.lint.run import Limits, lint_pages
from validators.knowledge.markdown import markdown_outline
from validators.knowledge.page import Page

PAIRS = Path(__file__).parent / "pairs.jsonl"
ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
COPY = "You can return an unused product within 30 days of delivery to any of our branches."


def planted(half: str) -> list[Page]:
    return [
        Page(
            id=f"{row['id']}{side}",
            title=page["title"],
            blocks=markdown_outline(page["text"]).finish(),
            scope=page.get("scope", {}),
            audience=Audience(page.get("audience", "customer")),
        )
        for row in ROWS
        if row["half"] == half
        for side, page in zip("ab", row["pages"], strict=True)
    ]


@pytest.mark.parametrize("half", ["development", "held out"])
def test_planted_contradictions_are_found_and_look_alikes_are_not(half: str) -> None:
    report = lint_pages(planted(half))
    told = [r for r in report.remarks if r.kind is RemarkKind.CONTRADICTION]
    reported = {r.places[0].page[:3] for r in told if r.places[0].page[:3] == r.places[1].page[:3]}
    real = {row["id"] for row in ROWS if row["contradiction"] and row["half"] == half}
    assert len(real) == 20
    assert len(reported & real) >= 16
    assert len(reported - real) <= 1
    assert len(told) == len(reported)


def test_every_kind_is_told_in_order(make_page: Any) -> None:
    pages = [
        make_page("Lamps: price", "A lamp costs 5 EUR. You can pay by card.", "a"),
        make_page("Lamps", "A lamp costs 6 EUR. You can pay by card.", "b"),
        make_page("Returns", COPY, "c"),
        make_page("Sending back", COPY, "d"),
        make_page("Hello", "See below.", "e"),
        make_page("Wood", "Discover wood that you will love, calm and light and warm.", "f"),
    ]
    report = lint_pages(pages)
    assert [(r.kind, r.places[0].page) for r in report.remarks] == [
        (RemarkKind.CONTRADICTION, "a"),
        (RemarkKind.DUPLICATE, "c"),
        (RemarkKind.NO_TEXT, "e"),
        (RemarkKind.NO_FACTS, "f"),
    ]
    assert report.remarks[0].places[0].quote == "A lamp costs 5 EUR."
    assert "5 EUR" in report.remarks[0].message
    assert report.pages == 6
    assert report.notes == ()


def test_limits_are_told(make_page: Any) -> None:
    pages = [make_page("Lamps", "A lamp costs 5 EUR.", str(n)) for n in range(3)]
    assert "2 at most" in lint_pages(pages, Limits(pages=2)).notes[0]
    ticks = iter(range(1000))
    late = lint_pages(pages, Limits(seconds=0.5), clock=lambda: float(next(ticks)))
    assert "0.5 seconds" in late.notes[0]


def test_no_pages() -> None:
    assert lint_pages([]).remarks == ()
