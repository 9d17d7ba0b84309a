from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.hours import Hours, parse_spans, zone

BERLIN = zone("Europe/Berlin")
WEEK = {0: parse_spans("09:00-12:00, 13:00-18:00"), 4: parse_spans("00:00-24:00")}
DESK = Hours(BERLIN, WEEK, frozenset({date(2026, 5, 25)}))


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-05T09:00:00+01:00", True),
        ("2026-01-05T08:59:59+01:00", False),
        ("2026-01-05T12:00:00+01:00", False),
        ("2026-01-05T17:59:00+01:00", True),
        ("2026-01-05T18:00:00+01:00", False),
        ("2026-01-06T10:00:00+01:00", False),
        ("2026-01-09T23:59:00+01:00", True),
        ("2026-07-06T07:30:00+00:00", True),
        ("2026-01-05T07:30:00+00:00", False),
        ("2026-05-25T10:00:00+02:00", False),
    ],
)
def test_times_are_local(moment: str, is_open: bool) -> None:
    assert DESK.open_at(at(moment)) is is_open


@pytest.mark.parametrize("unix", [float("nan"), float("inf"), 1e20, -1e20])
def test_what_is_no_time_is_closed(unix: float) -> None:
    assert not DESK.open_at(unix)


@pytest.mark.parametrize(
    "text", ["", "9-18", "09:00", "18:00-09:00", "09:00-09:00", "09:60-10:00", "23:00-24:01", "x"]
)
def test_a_span_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="span"):
        parse_spans(text)


def test_a_zone_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="Europe/Berlin"):
        zone("Europe/Nowhere")
    with pytest.raises(ValueError, match="time zone"):
        zone("../etc/passwd")


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_a_span_holds_its_minutes_and_no_others(start: int, length: int, minute: int) -> None:
    end = min(24 * 60, start + length + 1)
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    desk = Hours(zone("UTC"), {0: parse_spans(text)})
    moment = datetime(2026, 1, 5, minute // 60, minute % 60, tzinfo=UTC).timestamp()
    assert desk.open_at(moment) is (start <= minute < end)
