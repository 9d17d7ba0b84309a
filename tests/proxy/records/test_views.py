from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.records.views import probability, rfc3339, shortened, unique


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
@settings(deadline=None)
def test_times_are_rfc_3339_in_utc(moment: datetime) -> None:
    written = rfc3339(moment.replace(tzinfo=UTC).timestamp())
    assert written.endswith("Z")
    read = datetime.fromisoformat(written)
    assert abs(read - moment.replace(tzinfo=UTC)).total_seconds() <= 0.001


@given(st.text(), st.integers(2, 50))
@settings(deadline=None)
def test_a_shortened_text_fits_and_begins_alike(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_words_are_not_cut_where_a_space_is_near() -> None:
    assert shortened("one two three", 10) == "one two…"


@given(st.floats())
@settings(deadline=None)
def test_a_probability_is_one_or_nothing(value: float) -> None:
    kept = probability(value)
    assert kept is None or 0 <= kept <= 1


@pytest.mark.parametrize(("given_", "kept"), [(None, None), (0.25, 0.25), (0.123456, 0.1235)])
def test_probabilities_are_rounded(given_: float | None, kept: float | None) -> None:
    assert probability(given_) == kept


def test_unique_keeps_the_first() -> None:
    assert unique(["b", "a", "b"]) == ["b", "a"]
