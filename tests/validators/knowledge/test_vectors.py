from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.knowledge.vectors import (
    SCALE,
    Vectors,
    compact,
    key_of,
    keys_of,
    load_vectors,
)

DIMENSIONS = 8


def some(*texts: str) -> Vectors:
    rows = np.arange(len(texts) * DIMENSIONS, dtype=np.int8).reshape(-1, DIMENSIONS)
    return Vectors.of(keys_of(texts), rows)


def same(one: Vectors, other: Vectors) -> bool:
    return np.array_equal(one.keys, other.keys) and np.array_equal(one.rows, other.rows)


def test_vectors_are_found_by_their_text() -> None:
    vectors = some("refund", "delivery", "fees")
    at, hit = vectors.find(keys_of(["fees", "unknown", "refund"]))
    assert hit.tolist() == [True, False, True]
    assert vectors.rows[at[0]].tolist() == list(range(16, 24))
    assert vectors.rows[at[2]].tolist() == list(range(8))
    assert Vectors.empty(DIMENSIONS).find(keys_of(["fees"]))[1].tolist() == [False]


def test_the_first_of_equal_texts_counts() -> None:
    vectors = some("fees", "refund", "fees")
    at, hit = vectors.find(keys_of(["fees"]))
    assert (at.tolist(), hit.tolist()) == ([0], [True])


def test_joined_vectors_are_one_per_text() -> None:
    both = some("fees", "refund").joined(some("delivery", "fees"))
    assert len(both) == 3
    at, hit = both.find(keys_of(["fees", "delivery", "refund"]))
    assert hit.all()
    assert both.rows[at, 0].tolist() == [0, 0, 8]


def test_any_text_has_a_key() -> None:
    assert key_of("\ud800") == key_of("?")
    assert 0 <= key_of("") < 2**64
    assert key_of("fees") != key_of("fees ")


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_rounding_costs_little(values: list[float]) -> None:
    vector = np.array([values], np.float32)
    back = compact(vector).astype(np.float32) / SCALE
    assert np.abs(back - vector).max() <= 0.5 / SCALE + 1e-6


def test_a_saved_file_reads_the_same_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "v.npz"
    some("old").save(file)
    vectors = some("refund", "delivery")
    vectors.save(file)
    assert same(load_vectors(file, DIMENSIONS), vectors)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["v.npz"]


def test_a_failed_save_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "v.npz").mkdir()
    with pytest.raises(OSError, match="directory"):
        some("refund").save(tmp_path / "v.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["v.npz"]


def test_another_encoders_file_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "v.npz"
    assert len(load_vectors(file, DIMENSIONS)) == 0
    some("refund").save(file)
    assert load_vectors(file, DIMENSIONS + 1).rows.shape == (0, DIMENSIONS + 1)


def test_no_pickle_is_read(tmp_path: Path) -> None:
    file = tmp_path / "v.npz"
    with file.open("wb") as out:
        np.savez(out, keys=np.array([{"a": 1}], dtype=object), rows=np.zeros((1, DIMENSIONS)))
    assert len(load_vectors(file, DIMENSIONS)) == 0


def test_rows_that_do_not_fit_the_keys_are_damage(tmp_path: Path) -> None:
    file = tmp_path / "v.npz"
    with file.open("wb") as out:
        np.savez(out, keys=np.zeros(2, np.uint64), rows=np.zeros((1, DIMENSIONS), np.int8))
    assert len(load_vectors(file, DIMENSIONS)) == 0


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_damage_costs_a_computation_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int, cut: bool
) -> None:
    file = tmp_path_factory.mktemp("v") / "v.npz"
    vectors = some("refund", "delivery", "fees")
    vectors.save(file)
    data = bytearray(file.read_bytes())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] = value
    file.write_bytes(data)
    found = load_vectors(file, DIMENSIONS)
    assert same(found, vectors) or len(found) == 0
