import numpy as np
import pytest

from validators.intent.descent import Loss, Weights, largest_eigenvalue, minimise


def _squares(rows: np.ndarray, targets: np.ndarray, penalty: float) -> Loss:
    def residual(scores: Weights) -> Weights:
        return (scores - targets).astype(np.float32)

    return Loss(residual, targets.shape[1], largest_eigenvalue(rows), penalty)


@pytest.mark.parametrize("shape", [(30, 5), (5, 30)])
def test_least_squares_reach_the_closed_form(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=shape).astype(np.float32)
    targets = random.normal(size=(shape[0], 2)).astype(np.float32)
    penalty = 0.5
    found = minimise(rows, _squares(rows, targets, penalty), steps=800)
    expected = np.linalg.solve(rows.T @ rows + penalty * np.eye(shape[1]), rows.T @ targets)
    assert found == pytest.approx(expected, abs=1e-3)


def test_largest_eigenvalue_is_an_upper_bound_and_close() -> None:
    rows = np.random.default_rng(2).normal(size=(40, 8)).astype(np.float32)
    exact = float(np.linalg.eigvalsh(rows.T @ rows)[-1])
    assert exact <= largest_eigenvalue(rows) <= 1.1 * exact


def test_no_rows_bend_nothing() -> None:
    assert largest_eigenvalue(np.zeros((3, 4), dtype=np.float32)) == 0.0
