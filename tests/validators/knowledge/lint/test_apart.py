from collections.abc import Callable
from typing import Any

import pytest

from validators.knowledge.lint.apart import states, values_apart
from validators.knowledge.lint.statements import Statement

Read = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("one", "two", "apart"),
    [
        ("Wrapping costs 2 EUR.", "Wrapping costs 5 EUR.", True),
        ("Wrapping costs 2 EUR per item.", "Wrapping costs 5 EUR per order.", False),
        ("Parcels under 5 kg cost 4 EUR.", "Parcels over 5 kg cost 9 EUR.", False),
        ("Wrapping costs 2 EUR.", "Wrapping costs 5 EUR instead of 2 EUR.", False),
        ("From 50 boxes a box is 2 EUR.", "From 90 boxes a box is 1 EUR.", False),
    ],
)
def test_values_with_their_sentences(
    make_page: Any, read: Read, one: str, two: str, apart: bool
) -> None:
    a, b = read(make_page("W", one, "a"), make_page("W", two, "b"))
    (first, _), (second, _) = a.values[-1], next(p for p in b.values if p[0].kind == "money")
    assert bool(values_apart(a, first, b, second)) is apart


def test_states(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(
        make_page("W", "Wrapping costs 2 EUR.", "a"),
        make_page("W", "Wrapping costs 2 EUR and delivery 5 EUR.", "b"),
        make_page("W", "Wrapping costs 9 EUR.", "c"),
    )
    (value, near), weights = found[0].values[0], weigh(found)
    assert states(value, near, found[1], weights)
    assert not states(value, near, found[2], weights)
