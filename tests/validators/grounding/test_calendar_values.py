import pytest

from validators.grounding.calendar_values import addresses, dates, times, weekdays


@pytest.mark.parametrize("text", ["3 May 2025", "May 3, 2025", "2025-05-03", "3rd of May 2025"])
def test_dates_are_normalised(text: str) -> None:
    (found,) = dates(f"by {text}.")
    assert (found.low, found.unit) == (503, "2025")


@pytest.mark.parametrize(("text", "minutes"), [("9 am", 540), ("17:30", 1050), ("noon", 720)])
def test_times_are_minutes(text: str, minutes: float) -> None:
    (found,) = times(f"until {text} today")
    assert found.low == minutes


def test_a_span_of_weekdays_is_one_value() -> None:
    (found,) = weekdays("open Monday to Friday")
    assert (found.low, found.high) == (0, 4)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://www.example.com/returns.", "example.com/returns"),
        ("call 0800 123 4567 now", "08001234567"),
        ("write to help@example.com", "help@example.com"),
    ],
)
def test_addresses_are_normalised(text: str, address: str) -> None:
    assert [v.unit for v in addresses(text)] == [address]
