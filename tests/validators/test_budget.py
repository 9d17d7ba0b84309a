import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.budget import Ledger, Limits, Spent

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_that_would_be_passed_leaves_no_room() -> None:
    ledger, limits = Ledger(), Limits(usd_per_day=1.0)
    assert ledger.reserve("a", Spent(0.6), limits)
    assert ledger.reserve("a", Spent(0.5), limits) is None
    assert ledger.reserve("a", Spent(0.4), limits)


def test_what_a_call_did_not_cost_is_free_again() -> None:
    ledger, limits = Ledger(), Limits(usd_per_day=1.0)
    kept = ledger.reserve("a", Spent(1.0), limits)
    assert kept is not None
    assert ledger.reserve("a", Spent(0.5), limits) is None
    ledger.settle(kept, Spent(0.25))
    assert ledger.reserve("a", Spent(0.75), limits)
    assert ledger.reserve("a", Spent(0.01), limits) is None


def test_a_call_may_cost_more_than_was_reserved() -> None:
    ledger, limits = Ledger(), Limits(tokens_per_day=100)
    kept = ledger.reserve("a", Spent(tokens=10), limits)
    assert kept is not None
    ledger.settle(kept, Spent(tokens=95))
    assert ledger.reserve("a", Spent(tokens=6), limits) is None


@pytest.mark.parametrize(
    ("limits", "after", "most"),
    [
        (Limits(usd_per_hour=1.0), HOUR, Spent(1.0)),
        (Limits(usd_per_day=1.0), DAY, Spent(1.0)),
        (Limits(tokens_per_hour=5), HOUR, Spent(tokens=5)),
        (Limits(tokens_per_day=5), DAY, Spent(tokens=5)),
    ],
)
def test_each_window_ends(limits: Limits, after: float, most: Spent) -> None:
    clock = Clock()
    ledger = Ledger(clock)
    assert ledger.reserve("a", most, limits)
    clock.now += after - MINUTE
    assert ledger.reserve("a", most, limits) is None
    clock.now += 2 * MINUTE
    assert ledger.reserve("a", most, limits)


def test_accounts_are_apart() -> None:
    ledger, limits = Ledger(), Limits(tokens_per_day=5)
    assert ledger.reserve("a", Spent(tokens=5), limits)
    assert ledger.reserve("b", Spent(tokens=5), limits)


def test_settling_after_a_day_changes_nothing_else() -> None:
    clock = Clock()
    ledger, limits = Ledger(clock), Limits(tokens_per_day=10)
    late = ledger.reserve("a", Spent(tokens=10), limits)
    assert late is not None
    clock.now += DAY + MINUTE
    assert ledger.reserve("a", Spent(tokens=10), limits)
    ledger.settle(late, Spent())
    assert ledger.reserve("a", Spent(tokens=1), limits) is None


def test_without_limits_all_is_allowed() -> None:
    assert not Limits().any
    assert Limits(usd_per_hour=1).usd
    assert Limits(tokens_per_hour=1).any
    assert not Limits(tokens_per_hour=1).usd
    assert Ledger().reserve("a", Spent(1e9, 10**12), Limits())


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1), st.floats(0, 7200)), max_size=60))
def test_no_window_is_ever_overdrawn(calls: list[tuple[int, float, float]]) -> None:
    clock = Clock()
    ledger, limits = Ledger(clock), Limits(tokens_per_hour=100, tokens_per_day=300)
    spent: list[tuple[float, int]] = []
    for most, share, pause in calls:
        kept = ledger.reserve("a", Spent(tokens=most), limits)
        if kept is not None:
            used = int(most * share)
            ledger.settle(kept, Spent(tokens=used))
            spent.append((clock.now, used))
        # A step is a minute, so a window may forget up to a minute early.
        for window, limit in ((HOUR - MINUTE, 100), (DAY - MINUTE, 300)):
            assert sum(n for at, n in spent if at > clock.now - window) <= limit
        clock.now += pause
