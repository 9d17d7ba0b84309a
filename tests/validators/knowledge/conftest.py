import threading
import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

WORDS_DIMENSIONS = 256
SYNONYMS = {"money": "refund", "cash": "refund", "parcel": "delivery"}


class WordsEncoder:
    """A stand-in for a sentence encoder: a number per word, and a few synonyms."""

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.gate.wait(30)
        self.encoded += texts
        rows = np.zeros((len(texts), WORDS_DIMENSIONS), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().replace(".", " ").split():
                row[zlib.crc32(SYNONYMS.get(word, word).encode()) % WORDS_DIMENSIONS] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        scaled: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
        return scaled


@pytest.fixture
def words_encoder() -> WordsEncoder:
    return WordsEncoder()
