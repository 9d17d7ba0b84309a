import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.intent.hashing import HashEncoder, with_spelling


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=60)
def test_rows_are_unit_or_zero_and_repeatable(texts: list[str]) -> None:
    encoder = HashEncoder(128)
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), 128)
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    assert np.array_equal(vectors, HashEncoder(128).encode(texts))


def test_a_typing_error_stays_close() -> None:
    right, wrong, other = HashEncoder().encode(["refund", "refnund", "parcel"])
    assert right @ wrong > 0.2 > right @ other


def test_case_does_not_count() -> None:
    lower, upper = HashEncoder().encode(["straße nach oben", "STRASSE NACH OBEN"])
    assert lower == pytest.approx(upper)


def test_spelling_is_added_to_any_encoder() -> None:
    encoder = with_spelling(HashEncoder(32))
    assert encoder.encode(["hello"]).shape == (1, 32 + 1024)
