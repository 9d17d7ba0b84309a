import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.kinds import Bound, Kind, Value
from validators.grounding.values import values
from validators.knowledge.lint.conflict import FULL, WEAK, agree, conflict, group


def value(text: str) -> Value:
    (found,) = values(text)
    return found


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("it costs 5 EUR", "it costs 6 EUR", FULL),
        ("it costs 5 EUR", "it costs 6 USD", 0),
        ("within 30 days", "within 14 days", FULL),
        ("within 2 weeks", "within 14 days", 0),
        ("within 30 days", "within 1 month", 0),
        ("within 30 days", "within 2 months", FULL),
        ("within 12 months", "within 1 year", 0),
        ("in 5 business days", "in 7 days", 0),
        ("in 5 business days", "in 30 days", FULL),
        ("in 2 to 4 days", "in 3 days", 0),
        ("in 2 to 4 days", "in 5 to 7 days", FULL),
        ("at least 3 nights", "at most 3 nights", FULL),
        ("at least 3 nights", "at most 9 nights", 0),
        ("at least 9 nights", "at most 3 nights", FULL),
        ("over 50 EUR", "under 50 EUR", 0),
        ("up to 30 days", "it takes 40 days", FULL),
        ("up to 30 days", "it takes 5 days", WEAK),
        ("15 June 2026", "30 June 2026", FULL),
        ("15 June 2026", "15 June 2026", 0),
    ],
)
def test_values_that_disagree(one: str, two: str, expected: float) -> None:
    assert conflict(value(one), value(two)) == expected
    assert conflict(value(two), value(one)) == expected


def test_numbers_without_a_unit_are_never_compared() -> None:
    bare = Value(Kind.COUNT, 3, 3, "", 0, 1)
    assert group(bare) == ""
    assert conflict(bare, Value(Kind.COUNT, 4, 4, "", 0, 1)) == 0


def test_opposite_limits_do_not_agree() -> None:
    over, under = value("over 5 EUR"), value("under 5 EUR")
    assert not conflict(over, under)
    assert not agree(over, under)
    assert agree(over, over)


@given(
    st.sampled_from([Kind.MONEY, Kind.PERCENT, Kind.DURATION]),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.sampled_from(Bound),
    st.sampled_from(Bound),
)
def test_symmetric_and_never_with_itself(
    kind: Kind, a: float, b: float, x: Bound, y: Bound
) -> None:
    unit = "day" if kind is Kind.DURATION else ""
    one, two = Value(kind, a, a, unit, 0, 1, x), Value(kind, b, b, unit, 0, 1, y)
    assert conflict(one, two) == conflict(two, one)
    assert conflict(one, one) == 0
