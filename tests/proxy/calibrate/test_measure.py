import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.calibrate.measure import bins, log_loss, reliability


def sample(n: int = 2000, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    p = chance.uniform(0.02, 0.98, n)
    odds = slope * np.log(p / (1 - p))
    return p, (chance.uniform(size=n) < 1 / (1 + np.exp(-odds))).astype(float)


def alone(n: int) -> list[str]:
    return [str(k) for k in range(n)]


def test_honest_confidences_are_seen_as_such() -> None:
    p, y = sample()
    found = reliability(p, y, alone(len(y)))
    assert found["n"] == 2000
    assert found["ece"] < 0.04
    low, high = found["slope_interval"]
    assert low < 1 < high
    for name in ("ece", "brier", "slope"):
        ends = found[f"{name}_interval"]
        assert ends[0] <= found[name] <= ends[1]


def test_confidences_that_are_too_sure_are_seen_as_such() -> None:
    found = reliability(*sample(slope=0.4), alone(2000))
    assert found["slope_interval"][1] < 0.6
    assert found["ece_interval"][0] > 0.08


def test_answers_on_one_page_widen_the_interval() -> None:
    p, y = sample(400)
    many = reliability(np.repeat(p, 5), np.repeat(y, 5), alone(2000))
    few = reliability(np.repeat(p, 5), np.repeat(y, 5), [str(k // 5) for k in range(2000)])

    def width(ends: list[float]) -> float:
        return ends[1] - ends[0]

    assert width(few["brier_interval"]) > 1.5 * width(many["brier_interval"])


def test_figures_are_the_same_each_time_and_another_seed_moves_intervals_only() -> None:
    p, y = sample(200)
    first = reliability(p, y, alone(200))
    assert first == reliability(p, y, alone(200))
    other = reliability(p, y, alone(200), seed=1)
    assert other["brier"] == first["brier"]
    assert other["brier_interval"] != first["brier_interval"]


def test_what_has_no_value_is_none() -> None:
    found = reliability(np.array([0.2, 0.8]), np.array([1.0, 1.0]), ["a", "b"])
    assert found["slope"] is None
    assert found["slope_interval"] is None
    assert found["brier"] == pytest.approx((0.64 + 0.04) / 2)


def test_log_loss_by_hand() -> None:
    found = log_loss(np.array([0.8, 0.4]), np.array([1.0, 0.0]))
    assert found == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(-math.log(1e-4))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_bins_hold_every_answer_once(rows: list[tuple[float, bool]]) -> None:
    p, y = np.array([r[0] for r in rows]), np.array([float(r[1]) for r in rows])
    found = bins(p, y)
    assert sum(b.n for b in found) == len(rows)
    assert sum(b.share * b.n for b in found) == pytest.approx(y.sum())
    for one in found:
        assert 0 <= one.low <= one.share + 1e-9
        assert one.share <= one.high + 1e-9 <= 1 + 1e-9


def test_a_bin_is_told_with_its_interval() -> None:
    (one,) = bins(np.full(10, 0.55), np.array([1.0] * 7 + [0.0] * 3))
    assert (one.n, one.share, one.confidence) == (10, 0.7, pytest.approx(0.55))
    # Clopper and Pearson's interval of 7 of 10, from their tables.
    assert (one.low, one.high) == (pytest.approx(0.3475, abs=1e-4), pytest.approx(0.9333, abs=1e-4))
