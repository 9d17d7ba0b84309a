import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.numerals import numerals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2,500", 2500),
        ("2.5", 2.5),
        ("4,99", 4.99),
        ("120k", 120_000),
        ("2 million", 2_000_000),
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("two thousand five hundred", 2500),
        ("a quarter of a million", 250_000),
    ],
)
def test_numbers_are_read(text: str, value: float) -> None:
    assert [n.value for n in numerals(f"it is {text} here")] == [value]


@given(st.integers(0, 10**9))
def test_plain_and_grouped_integers_agree(number: int) -> None:
    (plain,) = numerals(str(number))
    (grouped,) = numerals(f"{number:,}")
    assert plain.value == grouped.value == number


@given(st.text(alphabet="0123456789., andtwoehur-k", max_size=80))
def test_offsets_point_into_the_text(text: str) -> None:
    for found in numerals(text):
        assert 0 <= found.start < found.end <= len(text)
