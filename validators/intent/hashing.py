"""Vectors from the letters alone: no model, no vocabulary, numpy only."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

from validators.intent.encoder import MAX_CHARS, BlendedEncoder, Encoder, Vectors, unit
from validators.intent.words import ends

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_SIZES = (3, 4)
WEIGHT = 0.7
"""Of hashed features beside sentence vectors; 0.4 to 1 differ by less than a point."""


class HashEncoder:
    """Hashed words, word pairs and character n-grams (the hashing trick).

    Sees spelling, not meaning: what answers where no model is installed, a complement to
    one elsewhere, and a fast stand-in for tests. After Weinberger et al., "Feature Hashing
    for Large Scale Multitask Learning", ICML 2009.
    """

    def __init__(self, dimensions: int = 1024) -> None:
        """`dimensions` is the number of buckets that features share."""
        self._dimensions = dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        counts = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            buckets = [
                crc32(f.encode("utf-8", "replace")) for f in _features(ends(text, MAX_CHARS))
            ]
            np.add.at(counts[row], np.array(buckets, dtype=np.int64) % self._dimensions, 1)
        return unit(np.log1p(counts))


def with_spelling(encoder: Encoder, weight: float = WEIGHT) -> Encoder:
    """Return `encoder` helped by hashed features, which know names and typing errors."""
    return BlendedEncoder((encoder, 1.0), (HashEncoder(), weight))


def _features(text: str) -> Iterator[str]:
    words = _WORD.findall(text.casefold())
    yield from (f"w{word}" for word in words)
    yield from (f"b{one} {two}" for one, two in pairwise(words))
    for word in words:
        padded = f"<{word}>"
        for size in _SIZES:
            yield from (f"c{padded[i : i + size]}" for i in range(len(padded) - size + 1))
