from collections.abc import Callable
from typing import Any

from validators.knowledge.lint.contradictions import value_contradictions
from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.statements import Statement
from validators.knowledge.page import Page

Read = Callable[..., list[Statement]]


def found(read: Read, weigh: Any, *pages: Page) -> list[tuple[str, str]]:
    held = read(*pages)
    result = value_contradictions(held, weigh(held), Deadline(None))
    return [(c.first.page.id, c.second.page.id) for c in result]


def test_two_pages_with_two_values(make_page: Any, read: Read, weigh: Any) -> None:
    a = make_page("Returns", "You can return a lamp within 30 days.", "a")
    b = make_page("Lamps", "A lamp can be returned within 14 days.", "b")
    assert found(read, weigh, a, b) == [("a", "b")]


def test_a_page_that_gives_both_values_tells_two_cases_apart(
    make_page: Any, read: Read, weigh: Any
) -> None:
    a = make_page("Returns", "You can return a lamp within 30 days.", "a")
    b = make_page(
        "Lamps",
        "You can return a lamp within 30 days.\n\nA lamp on sale can be returned within 14 days.",
        "b",
    )
    assert found(read, weigh, a, b) == []


def test_a_repeated_value_is_told_once(make_page: Any, read: Read, weigh: Any) -> None:
    a = make_page("Lamps", "## Fees\n\nA lamp costs 5 EUR.\n\n## Notes\n\nA lamp costs 5 EUR.", "a")
    b = make_page("Lamps", "A lamp costs 6 EUR.", "b")
    assert found(read, weigh, a, b) == [("a", "b")]


def test_the_deadline_ends_it(make_page: Any, read: Read, weigh: Any) -> None:
    held = read(
        make_page("L", "A lamp costs 5 EUR.", "a"), make_page("L", "A lamp costs 6 EUR.", "b")
    )
    now = iter(range(10))
    deadline = Deadline(0.0, lambda: float(next(now)))
    assert value_contradictions(held, weigh(held), deadline) == []
    assert deadline.hit
