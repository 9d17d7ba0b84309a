"""Examples of different intents that mean nearly the same: they blur both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from validators.intent.encoder import Encoder

TOO_CLOSE = 0.85
"""Cosine from which two examples can hardly be told apart: paraphrases lie above it."""


@dataclass(frozen=True, slots=True)
class Collision:
    """Two examples of two intents."""

    intent: str
    text: str
    other_intent: str
    other_text: str
    cosine: float


def collisions(
    encoder: Encoder,
    examples: Mapping[str, Sequence[str]],
    *,
    closest: float = TOO_CLOSE,
    most: int = 20,
) -> list[Collision]:
    """Return the pairs of examples across intents with at least this cosine, nearest first.

    `most` bounds how many. Blocking, about a millisecond per example.
    """
    pairs = [(name, text) for name, texts in examples.items() for text in texts]
    if not pairs:
        return []
    vectors = encoder.encode([text for _, text in pairs])
    names = np.array([name for name, _ in pairs])
    likeness = np.triu(vectors @ vectors.T, 1)
    likeness[names[:, None] == names[None, :]] = -1.0
    rows, columns = np.nonzero(likeness >= closest)
    order = np.argsort(-likeness[rows, columns], kind="stable")[:most]
    return [
        Collision(
            intent=pairs[i][0],
            text=pairs[i][1],
            other_intent=pairs[j][0],
            other_text=pairs[j][1],
            cosine=float(likeness[i, j]),
        )
        for i, j in zip(rows[order], columns[order], strict=True)
    ]
