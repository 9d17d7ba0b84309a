import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.intent.encoder import unit
from validators.risk.nearness import Nearness


def _vectors(seed: int, rows: int = 20, width: int = 6) -> np.ndarray:
    random = np.random.default_rng(seed)
    return unit((np.eye(width)[0] + 0.3 * random.normal(size=(rows, width))).astype(np.float32))


def _marks(rows: int, label: int = 1) -> np.ndarray:
    return np.full((rows, 1), label, dtype=np.int8)


def test_the_other_end_of_the_space_is_far() -> None:
    vectors = _vectors(0)
    near = Nearness(vectors, _marks(20), outliers=0.02)
    assert not near.close(-vectors).any()


@given(st.integers(0, 10_000), st.floats(0, 0.5))
@settings(max_examples=30, deadline=None)
def test_every_example_lies_near_itself(seed: int, outliers: float) -> None:
    vectors = _vectors(seed)
    assert Nearness(vectors, _marks(20), outliers=outliers).close(vectors).all()


def test_more_outliers_draw_the_border_tighter() -> None:
    vectors, others = _vectors(0), unit(_vectors(1, 200) + 0.5 * _vectors(2, 200))
    wide, tight = (
        Nearness(vectors, _marks(20), outliers=share).close(others).sum() for share in (0.0, 0.5)
    )
    assert tight < wide


def test_an_example_written_twice_is_no_neighbour_of_itself() -> None:
    vectors = _vectors(0)
    twice = np.vstack([vectors, vectors])
    others = _vectors(1, 200)
    once = Nearness(vectors, _marks(20), outliers=0.5).close(others)
    again = Nearness(twice, _marks(40), outliers=0.5).close(others)
    assert np.array_equal(once, again)


def test_few_examples_draw_no_border() -> None:
    vectors = _vectors(0, 2)
    for marks in (_marks(2), _marks(2, -1)):
        assert Nearness(vectors, marks, outliers=0.02).close(-vectors).all()
