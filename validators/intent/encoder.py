"""Text to vectors. The only module that imports wordllama."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from policies.errors import ConfigError, Problem
from validators.intent.words import ends

Vectors = NDArray[np.float32]

MAX_CHARS = 4000
"""What of one text is encoded: its head and tail. Longer text adds memory, not meaning."""
_BATCH = 64
_EPSILON = 1e-9


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text: float32, length 1 (or 0 for a text without words).

        Blocking. Rows do not depend on the other texts of the call.
        """
        ...


def unit(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, _EPSILON)).astype(np.float32)
    return scaled


class WordLlamaEncoder:
    """Mean of static token vectors distilled from a large language model (256 dimensions).

    The weights come with the installed package; nothing is downloaded.
    """

    def __init__(self) -> None:
        """Load the model. Raises `ConfigError` if the package or its weights are missing."""
        try:
            self._model = _load()
        except (ImportError, OSError, ValueError) as error:
            text = f"wordllama can't be loaded ({type(error).__name__}): reinstall the package"
            raise ConfigError(Problem("wordllama", None, "", text)) from None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        # The model divides by the number of tokens, so a text without any is kept from it.
        clipped = [ends(text, MAX_CHARS).strip() for text in texts]
        rows = [i for i, text in enumerate(clipped) if text]
        vectors = np.zeros((len(clipped), self._model.embedding.shape[1]), dtype=np.float32)
        if rows:
            vectors[rows] = self._model.embed([clipped[i] for i in rows], batch_size=_BATCH)
        return unit(vectors)


def _load() -> Any:  # noqa: ANN401 - wordllama has no types
    """Import wordllama and load the weights inside its package folder."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    import wordllama  # noqa: PLC0415 - it sets up the root logger when imported, undone below

    root.setLevel(level)
    root.handlers[:] = handlers
    folder = Path(str(files("wordllama")))
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


class BlendedEncoder:
    """Several encoders side by side: the cosine is the weighted mean of theirs."""

    def __init__(self, *parts: tuple[Encoder, float]) -> None:
        """Take pairs of encoder and weight (any positive scale)."""
        self._parts = parts

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the weighted vectors joined into one unit row per text."""
        return unit(np.hstack([np.float32(w) * e.encode(texts) for e, w in self._parts]))


class MemoEncoder:
    """Remembers the vectors of the last texts, by hash: a conversation repeats its history.

    Thread-safe, since checks run in a pool of threads.
    """

    def __init__(self, encoder: Encoder, capacity: int = 4096) -> None:
        """Keep the vectors of at most `capacity` texts; no text is kept."""
        self._encoder = encoder
        self._capacity = capacity
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text, computing only those not seen lately."""
        keys = [blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
        with self._lock:
            known = {key: self._known[key] for key in keys if key in self._known}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing or not texts:
            rows = self._encoder.encode(list(missing.values()))
            if not texts:
                return rows
            known.update(zip(missing, rows, strict=True))
        self._remember({key: known[key] for key in keys})
        return np.stack([known[key] for key in keys])

    def _remember(self, fresh: dict[bytes, Vectors]) -> None:
        with self._lock:
            for key, row in fresh.items():
                self._known[key] = row
                self._known.move_to_end(key)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
