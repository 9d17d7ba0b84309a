import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.evals.reliability import brier, reliability_slope

DRAW = np.random.default_rng(11)


def drawn(steeper: float, count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Truths of known probability, and probabilities whose log odds are `steeper` times too big."""
    odds = DRAW.normal(0, 1.2, count)
    truths = DRAW.random(count) < 1 / (1 + np.exp(-odds))
    return 1 / (1 + np.exp(-steeper * odds)), truths


@pytest.mark.parametrize("steeper", [0.5, 1.0, 2.0])
def test_the_slope_tells_how_much_too_extreme(steeper: float) -> None:
    found = reliability_slope(*drawn(steeper))
    assert found == pytest.approx(1 / steeper, rel=0.06)


def test_no_slope_where_there_is_none() -> None:
    assert reliability_slope([], []) is None
    assert reliability_slope([0.2, 0.7], [1, 1]) is None
    assert reliability_slope([0.5, 0.5, 0.5], [1, 0, 1]) is None
    assert reliability_slope([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=25))
def test_any_probabilities_are_taken(items: list[tuple[float, bool]]) -> None:
    values, labels = [p for p, _ in items], [up for _, up in items]
    slope = reliability_slope(values, labels)
    assert slope is None or abs(slope) <= 100
    found = brier(values, labels)
    assert (found is None) == (not items)
    assert found is None or 0 <= found <= 1


def test_brier_of_what_can_be_counted_by_hand() -> None:
    assert brier([1.0, 0.0, 0.5], [1, 0, 1]) == pytest.approx(0.25 / 3)
