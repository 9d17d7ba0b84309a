from hypothesis import given
from hypothesis import strategies as st

from proxy.handoff.outbox import MAX_WAIT_S
from proxy.handoff.retry import LONGEST_S, pause_s

numbers = st.floats(0, 1e12)


def test_pauses_double_up_to_a_limit() -> None:
    pauses = [pause_s(attempt, 5, chance=1) for attempt in (1, 2, 3, 11, 12, 10_000)]
    assert pauses == [5, 10, 20, 5120, LONGEST_S, LONGEST_S]


def test_chance_spreads_over_half_of_the_pause() -> None:
    assert pause_s(3, 5, chance=0) == 10
    assert pause_s(3, 5, chance=0.5) == 15


def test_what_the_sink_asks_for_is_the_least_within_reason() -> None:
    assert pause_s(1, 5, chance=1, asked_s=60) == 60
    assert pause_s(1, 5, chance=1, asked_s=1) == 5
    assert pause_s(1, 5, chance=1, asked_s=1e9) == MAX_WAIT_S


@given(st.integers(0, 10**6), st.floats(0.001, 3600), st.floats(-1, 2), st.none() | numbers)
def test_a_pause_is_always_possible(
    attempt: int, first: float, chance: float, asked: float | None
) -> None:
    pause = pause_s(attempt, first, chance=chance, asked_s=asked)
    assert 0 < pause <= MAX_WAIT_S
    assert pause >= min(asked or 0.0, MAX_WAIT_S)
