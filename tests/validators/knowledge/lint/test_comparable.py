from collections.abc import Callable
from typing import Any

import pytest

from validators.knowledge.lint.comparable import comparable, ends
from validators.knowledge.lint.statements import Statement

Read = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("The fee is 5 EUR.", "The fee is 6 EUR.", True),
        ("New customers pay 5 EUR.", "Existing customers pay 6 EUR.", False),
        ("The fee was 5 EUR.", "The fee is 6 EUR.", False),
        ("For example, the fee is 5 EUR.", "The fee is 6 EUR.", False),
        ("The minimum fee is 5 EUR.", "The maximum fee is 6 EUR.", False),
        ("Incoming wires cost 5 EUR.", "Outgoing wires cost 6 EUR.", False),
    ],
)
def test_cases(make_page: Any, read: Read, one: str, two: str, expected: bool) -> None:
    a, b = read(make_page("Fees", one, "a"), make_page("Fees", two, "b"))
    assert comparable(a, b) is expected
    assert comparable(b, a) is expected


def test_scope_and_values_of_headings_set_apart(make_page: Any, read: Read) -> None:
    text = "The fee is 5 EUR."
    here = make_page("Fees", text, "a", scope={"market": "DE"})
    there = make_page("Fees", text, "b", scope={"market": "SE"})
    assert not comparable(*read(here, there))
    large = make_page("Fees", f"## Orders over 50 EUR\n\n{text}", "a")
    small = make_page("Fees", f"## Orders over 20 EUR\n\n{text}", "b")
    assert not comparable(*read(large, small))


def test_rows_under_one_heading_are_no_two_places(make_page: Any, read: Read) -> None:
    rows = "- Maximum 2 cards per year\n- Maximum 3 cards per year"
    assert not comparable(*read(make_page("Cards", rows)))
    apart = "## Overview\n\nA card costs 5 EUR.\n\n## Questions\n\nA card costs 6 EUR."
    assert comparable(*read(make_page("Cards", apart)))
    people = "## Teachers\n\nA card costs 5 EUR.\n\n## Doctors\n\nA card costs 6 EUR."
    assert not comparable(*read(make_page("Cards", people)))


def test_ends(make_page: Any, read: Read) -> None:
    (one,) = read(make_page("Fees", "The minimum fee is 5 EUR."))
    assert ends(one) == {"minimum"}
