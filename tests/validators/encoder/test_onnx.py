from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import ConfigError
from validators.encoder.onnx import DIMENSIONS, FOLDER, MAX_CHARS, OnnxEncoder, OnnxModel

ENCODER = OnnxEncoder()


def test_rows_are_unit_vectors() -> None:
    vectors = ENCODER.encode(["where is my parcel", "x"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_knows_meaning() -> None:
    parcel, package, weather = ENCODER.encode(
        ["where is my parcel", "when does my package arrive", "will it rain tomorrow"]
    )
    assert parcel @ package > parcel @ weather + 0.2


def test_gives_zero_for_no_text() -> None:
    vectors = ENCODER.encode(["", "  ", "hello"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([0, 0, 1], abs=1e-5)
    assert ENCODER.encode([]).shape == (0, DIMENSIONS)


def test_order_is_kept_over_several_batches() -> None:
    texts = [f"order {n} " + "is late " * (n % 7) for n in range(40)]
    together = ENCODER.encode(texts)
    for n in (0, 6, 39):
        assert together[n] @ ENCODER.encode([texts[n]])[0] > 0.95


def test_reads_no_further_than_the_limit() -> None:
    text = "refund " * MAX_CHARS
    one, other = ENCODER.encode([text + "lawyer", text + "banana"])
    assert one == pytest.approx(other)


@given(st.lists(st.text(max_size=60), max_size=4))
@settings(max_examples=30, deadline=None)
def test_takes_any_text(texts: list[str]) -> None:
    vectors = ENCODER.encode(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert np.isfinite(vectors).all()


def test_a_pair_is_read_as_two_texts() -> None:
    model = OnnxModel(
        FOLDER / "encoder.onnx",
        FOLDER / "tokenizer.json",
        what="test model",
        max_tokens=16,
        width=DIMENSIONS,
        threads=1,
    )
    rows = model.rows([("a refund", "in two weeks"), ("", ""), "a refund in two weeks"])
    assert not rows[1].any()
    assert rows[0].any()
    assert not np.allclose(rows[0], rows[2])


@pytest.mark.parametrize("damaged", [True, False])
def test_a_missing_or_damaged_file_names_the_folder_and_the_cure(
    tmp_path: Path, *, damaged: bool
) -> None:
    if damaged:
        (tmp_path / "encoder.onnx").write_bytes(b"not a model")
    with pytest.raises(ConfigError, match="sentence encoder can't be loaded") as caught:
        OnnxEncoder(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "reinstall" in str(caught.value)
