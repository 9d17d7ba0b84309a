"""Which encoder is used for how many passages."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from validators.encoder.onnx import DIMENSIONS, FOLDER, OnnxEncoder
from validators.intent.encoder import WordLlamaEncoder
from validators.knowledge.hybrid import TextEncoder

MOST_FOR_TRANSFORMER: Final = 20_000
"""Passages. A core encodes about fifty a second, so these take seven minutes."""
_STATIC_DIMENSIONS: Final = 256


@dataclass(frozen=True, slots=True)
class Model:
    """An encoder that is not loaded yet."""

    name: str
    """Changes whenever its vectors change."""
    dimensions: int
    load: Callable[[], TextEncoder]
    """Blocking. Raises `ConfigError` for missing or damaged files."""


def choose_model(passages: int) -> Model:
    """Return the encoder for a base of so many passages.

    The transformer, or static word vectors where it would take too long: these find less
    and are a hundred times as fast. Raises `OSError` if the model's file can't be read.
    """
    if passages > MOST_FOR_TRANSFORMER:
        return Model(f"static-{version('wordllama')}", _STATIC_DIMENSIONS, WordLlamaEncoder)
    with (FOLDER / "encoder.onnx").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Model(f"transformer-{digest[:16]}", DIMENSIONS, OnnxEncoder)
