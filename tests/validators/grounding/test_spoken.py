"""Values without a figure."""

import pytest

from validators.grounding.kinds import Kind
from validators.grounding.spoken import next_days, shares


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("takes a quarter off the fare", 25.0),
        ("half of your deposit", 50.0),
        ("you get half back", 50.0),
        ("two thirds of the price", 200 / 3),
        ("| one fifth |", 20.0),
        ("three quarters of it", 75.0),
        ("half a percent", 0.5),
    ],
)
def test_parts_of_a_whole_are_percentages(text: str, percent: float) -> None:
    (found,) = shares(text)
    assert found.kind is Kind.PERCENT
    assert found.low == pytest.approx(percent)


@pytest.mark.parametrize("text", ["half an hour", "a quarter of a million", "the third claim", ""])
def test_other_parts_are_none(text: str) -> None:
    assert list(shares(text)) == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("on the next working day", "business day"),
        ("the following day", "day"),
        ("by noon on the day after", "day"),
    ],
)
def test_the_next_day_is_one_day(text: str, unit: str) -> None:
    (found,) = next_days(text)
    assert (found.kind, found.low, found.unit) == (Kind.DURATION, 1, unit)
