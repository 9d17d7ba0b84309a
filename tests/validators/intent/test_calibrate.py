import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.intent.calibrate import Calibration, calibrate, evidence


def _held_out(n: int, accuracy_when_sure: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    logits = np.zeros((n, 3), dtype=np.float32)
    sure = np.arange(n) % 2 == 0
    logits[:, 0] = np.where(sure, 4.0, 0.5)
    right = np.where(sure, random.random(n) < accuracy_when_sure, random.random(n) < 0.5)
    return logits, np.where(right, 0, 1)


def test_probabilities_match_how_often_it_was_right() -> None:
    logits, labels = _held_out(2000, 0.9)
    scores = calibrate(logits, labels).probability(logits)
    assert scores[0] == pytest.approx(0.9, abs=0.03)
    assert scores[1] == pytest.approx(0.5, abs=0.04)


def test_more_evidence_never_means_less_confidence() -> None:
    logits, labels = _held_out(400, 0.1)
    fitted = calibrate(logits, labels)
    assert fitted.slope >= 0
    assert fitted.probability(logits)[0] >= fitted.probability(logits)[1]


def test_few_perfect_examples_give_no_certainty() -> None:
    logits = np.array([[5.0, 0.0], [4.0, 0.0]], dtype=np.float32)
    scores = calibrate(logits, np.array([0, 0])).probability(logits)
    assert (scores < 1).all()
    assert (scores > 0.5).all()


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6))
@settings(max_examples=60)
def test_any_scores_give_a_probability(row: list[float]) -> None:
    score = Calibration(1.0, 0.0).probability(np.array([row], dtype=np.float32))[0]
    assert 0 <= score <= 1


def test_a_clear_winner_has_more_evidence_than_a_tie() -> None:
    clear, tie = evidence(np.array([[3.0, 0.0], [3.0, 3.0]], dtype=np.float32))
    assert clear > tie
