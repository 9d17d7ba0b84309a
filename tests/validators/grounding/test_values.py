import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.grounding.kinds import Bound, Kind
from validators.grounding.values import values


@pytest.mark.parametrize(
    ("text", "kind", "low", "high", "unit"),
    [
        ("it costs $12.50 here", Kind.MONEY, 12.5, 12.5, "USD"),
        ("it costs 5 euros 50", Kind.MONEY, 5.5, 5.5, "EUR"),
        ("it costs 25 cents", Kind.MONEY, 0.25, 0.25, ""),
        ("within two weeks", Kind.DURATION, 14, 14, "day"),
        ("takes 3-5 business days", Kind.DURATION, 3, 5, "business day"),
        ("between €20 and €50", Kind.MONEY, 20, 50, "EUR"),
        ("half an hour", Kind.DURATION, 1 / 48, 1 / 48, "day"),
        ("a quarter of a million dollars", Kind.MONEY, 250_000, 250_000, "USD"),
        ("1.5 percent", Kind.PERCENT, 1.5, 1.5, ""),
        ("six reports", Kind.COUNT, 6, 6, "report"),
    ],
)
def test_values_are_typed(text: str, kind: Kind, low: float, high: float, unit: str) -> None:
    (found,) = values(text)
    assert (found.kind, found.unit) == (kind, unit)
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("up to 5 days", Bound.MOST),
        ("no more than $5", Bound.MOST),
        ("at least 5 days", Bound.LEAST),
        ("$5 or more", Bound.LEAST),
        ("more than 5 days", Bound.OVER),
        ("under $5", Bound.UNDER),
        ("exactly 5 days", Bound.NONE),
    ],
)
def test_limits_are_read(text: str, bound: Bound) -> None:
    assert values(text)[0].bound is bound


def test_a_value_covers_its_symbol_and_unit() -> None:
    text = "Pay $30 within 14 days."
    assert [text[v.start : v.end] for v in values(text)] == ["$30", "14 days"]


def test_a_long_text_yields_a_bounded_number_of_values() -> None:
    assert len(values("5 days and $6, " * 500)) == 64


@settings(max_examples=100)
@given(st.text(alphabet="0123456789 $€%.,-:adhmonthweks", max_size=120))
def test_values_lie_within_the_text_and_are_ordered(text: str) -> None:
    found = values(text)
    assert all(0 <= v.start < v.end <= len(text) and v.low <= v.high for v in found)
    assert [v.start for v in found] == sorted(v.start for v in found)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("It can't come to more than $50.", Bound.MOST),
        ("It is covered, but not beyond $50.", Bound.MOST),
        ("It may not be less than $50.", Bound.LEAST),
        ("It costs more than $50.", Bound.OVER),
    ],
)
def test_what_is_not_above_is_at_most(text: str, bound: Bound) -> None:
    assert [v.bound for v in values(text)] == [bound]


def test_a_working_week_has_five_working_days() -> None:
    (value,) = values("We decide within two working weeks.")
    assert (value.low, value.unit) == (10, "business day")
