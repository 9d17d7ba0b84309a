import logging
from collections.abc import Sequence

import numpy as np
import pytest

from validators.intent.encoder import (
    MAX_CHARS,
    BlendedEncoder,
    Encoder,
    MemoEncoder,
    Vectors,
    WordLlamaEncoder,
)
from validators.intent.hashing import HashEncoder


class Counting:
    """An encoder that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [[len(text), 1.0] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 2)


@pytest.fixture(scope="module")
def wordllama() -> Encoder:
    return WordLlamaEncoder()


def test_wordllama_rows_are_unit_vectors(wordllama: Encoder) -> None:
    vectors = wordllama.encode(["where is my parcel", "x"])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_wordllama_knows_meaning(wordllama: Encoder) -> None:
    parcel, package, weather = wordllama.encode(
        ["where is my parcel", "when does my package arrive", "will it rain tomorrow"]
    )
    assert parcel @ package > parcel @ weather


def test_wordllama_gives_zero_for_no_text(wordllama: Encoder) -> None:
    vectors = wordllama.encode(["", "  ", "hello"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([0, 0, 1], abs=1e-5)
    assert wordllama.encode([]).shape == (0, vectors.shape[1])


def test_wordllama_rows_do_not_depend_on_their_neighbours(wordllama: Encoder) -> None:
    alone = wordllama.encode(["refund"])
    together = wordllama.encode(["a much longer text that makes the batch be padded", "refund"])
    assert together[1] == pytest.approx(alone[0], abs=1e-5)


def test_wordllama_reads_head_and_tail_of_a_long_text(wordllama: Encoder) -> None:
    middle = "parcel " * MAX_CHARS
    one, other = wordllama.encode([f"{middle}lawyer{middle}", f"{middle}banana{middle}"])
    assert one == pytest.approx(other, abs=1e-6)


def test_loading_leaves_logging_alone() -> None:
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    WordLlamaEncoder()
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before


def test_blend_is_the_weighted_mean_of_cosines() -> None:
    small, large = HashEncoder(64), HashEncoder(512)
    texts = ["where is my order", "where is my parcel"]
    a, b = BlendedEncoder((small, 1.0), (large, 2.0)).encode(texts)
    cosines = [np.prod(e.encode(texts), axis=0).sum() for e in (small, large)]
    assert a @ b == pytest.approx((cosines[0] + 4 * cosines[1]) / 5, abs=1e-5)


def test_memo_asks_once_per_text() -> None:
    source = Counting()
    memo = MemoEncoder(source)
    first = memo.encode(["a", "bb", "a"])
    again = memo.encode(["bb", "a"])
    assert source.asked == ["a", "bb"]
    assert first.tolist() == [[1, 1], [2, 1], [1, 1]]
    assert again.tolist() == [[2, 1], [1, 1]]


def test_memo_forgets_the_least_recent() -> None:
    source = Counting()
    memo = MemoEncoder(source, capacity=2)
    memo.encode(["a"])
    memo.encode(["bb"])
    memo.encode(["a"])
    memo.encode(["ccc"])
    memo.encode(["a", "bb"])
    assert source.asked == ["a", "bb", "ccc", "bb"]


def test_memo_serves_more_texts_than_it_holds() -> None:
    memo = MemoEncoder(Counting(), capacity=1)
    assert memo.encode(["a", "bb", "ccc"])[:, 0].tolist() == [1, 2, 3]


def test_memo_takes_lone_surrogates_and_no_texts() -> None:
    memo = MemoEncoder(Counting())
    assert memo.encode(["\ud800"]).shape == (1, 2)
    assert memo.encode([]).shape == (0, 2)
