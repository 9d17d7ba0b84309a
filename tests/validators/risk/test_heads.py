import numpy as np

from validators.intent.encoder import unit
from validators.risk.heads import fit_heads


def _examples() -> tuple[np.ndarray, np.ndarray]:
    """Two labels along two axes, and calm examples along a third."""
    random = np.random.default_rng(0)
    directions = np.repeat(np.eye(6)[:3], 20, axis=0)
    vectors = unit((directions + 0.1 * random.normal(size=directions.shape)).astype(np.float32))
    marks = np.repeat(np.array([[1, 0], [0, 1], [-1, -1]], dtype=np.int8), 20, axis=0)
    return vectors, marks


def test_each_label_is_told_from_the_calm_examples() -> None:
    vectors, marks = _examples()
    heads, unseen = fit_heads(vectors, marks)
    for scores in (heads.scores(vectors), unseen):
        for label in range(2):
            shown, calm = scores[marks[:, label] > 0, label], scores[marks[:, label] < 0, label]
            assert shown.min() > calm.max()


def test_examples_that_say_nothing_about_a_label_do_not_move_it() -> None:
    vectors, marks = _examples()
    other = marks.copy()
    other[20:40, 1] = 0
    other[:20, 1] = 1
    one, two = fit_heads(vectors, marks)[0], fit_heads(vectors, other)[0]
    assert np.allclose(one.weights[:, 0], two.weights[:, 0], atol=0.02)
    assert not np.allclose(one.weights[:, 1], two.weights[:, 1], atol=0.02)
