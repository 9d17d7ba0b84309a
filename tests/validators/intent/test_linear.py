import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.intent.encoder import unit
from validators.intent.linear import fit, held_out_logits, softmax


def _clusters(sizes: list[int], width: int = 16) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    centres = np.eye(width)[: len(sizes)]
    rows = [
        centres[i] + 0.2 * random.normal(size=width) for i, n in enumerate(sizes) for _ in range(n)
    ]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return unit(np.array(rows, dtype=np.float32)), labels


@pytest.mark.parametrize("sizes", [[4, 4, 4], [40, 40, 40]])
def test_separates_what_is_separable(sizes: list[int]) -> None:
    vectors, labels = _clusters(sizes)
    model = fit(vectors, labels, 3)
    assert (model.logits(vectors).argmax(axis=1) == labels).all()


def test_many_examples_of_one_class_do_not_drown_another() -> None:
    vectors, labels = _clusters([200, 4])
    middle = unit((vectors[labels == 0].mean(axis=0) + vectors[labels == 1].mean(axis=0))[None])
    shares = softmax(fit(vectors, labels, 2).logits(middle))
    assert shares[0, 1] > 0.2


def test_fitting_is_deterministic() -> None:
    vectors, labels = _clusters([5, 5])
    one, two = fit(vectors, labels, 2), fit(vectors, labels, 2)
    assert np.array_equal(one.weights, two.weights)


def test_held_out_scores_come_from_models_that_did_not_see_the_example() -> None:
    vectors, labels = _clusters([6, 6])
    # A mislabelled example: a model that had seen it could memorise it, one that had not can't.
    labels = labels.copy()
    labels[0] = 1
    logits, rows = held_out_logits(vectors, labels, 2, penalty=1e-6)
    assert list(rows) == list(range(12))
    assert logits[0].argmax() == 0


def test_held_out_takes_a_spread_of_many_examples() -> None:
    vectors, labels = _clusters([3000, 20], width=4)
    _, rows = held_out_logits(vectors, labels, 2)
    assert len(rows) <= 1200
    assert (labels[rows] == 1).sum() == 20


@given(st.lists(st.lists(st.floats(-50, 50), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=40)
def test_softmax_gives_probabilities(rows: list[list[float]]) -> None:
    shares = softmax(np.array(rows, dtype=np.float32))
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-4)
    assert (shares >= 0).all()
