import numpy as np

from validators.knowledge.encoders import MOST_FOR_TRANSFORMER, choose_model


def test_small_bases_get_the_transformer_and_large_ones_static_vectors() -> None:
    small, large = choose_model(MOST_FOR_TRANSFORMER), choose_model(MOST_FOR_TRANSFORMER + 1)
    assert small.name.startswith("transformer-")
    assert large.name.startswith("static-")
    assert small.name == choose_model(1).name


def test_both_encode_into_unit_vectors_of_the_stated_size() -> None:
    for passages in (1, MOST_FOR_TRANSFORMER + 1):
        model = choose_model(passages)
        rows = model.load().encode(["A refund takes five days.", "Refunds take days.", "A cat."])
        assert rows.shape == (3, model.dimensions)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
        assert rows[0] @ rows[1] > rows[0] @ rows[2]
