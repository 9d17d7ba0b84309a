"""The grounding check with one of its readers alone, to measure what each contributes.

For evaluations, not for service. Claims are taken from an answer as always, aligned with the
pages by the rules, and the rule about unbacked promises and broken-off sentences stays in
force; only the score of a claim comes from the one reader.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from validators.encoder.onnx import OnnxEncoder
from validators.grounding.judge import SecondOpinion
from validators.grounding.rules import load
from validators.grounding.second import CrossEncoder
from validators.grounding.validator import Grounding

_ALWAYS = (-1.0, 2.0)
"""A band that holds every probability: each claim is shown to the reader."""
_ONLY_SECOND = (0.0, 1.0, 0.0)
_SAME_MEANING = 0.5
_STEEPNESS = 10.0


class Cosine:
    """Similarity of two sentence vectors as if it were support: Reimers and Gurevych (2019)."""

    def __init__(self) -> None:
        """Load the encoder. Raises `ConfigError` for a missing or damaged file."""
        self._encoder = OnnxEncoder()

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a number per pair that rises with the similarity, 0..1. Blocking.

        It is no calibrated probability: compare its order, not its value.
        """
        if not pairs:
            return []
        rows = self._encoder.encode([text for pair in pairs for text in pair])
        alike = np.sum(rows[0::2] * rows[1::2], axis=1)
        found = 1 / (1 + np.exp(-_STEEPNESS * (alike - _SAME_MEANING)))
        return [float(x) for x in found]


class _Alone(Grounding):
    """Grounding whose scores are those of the second reader."""

    reader: type[SecondOpinion]

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as its parent
        """Take what `Grounding` takes, and let the reader have the last word."""
        super().__init__(*args, **options)
        maker: Any = self.reader
        self._second = maker()
        self._rules = replace(load(), second=_ONLY_SECOND)
        self._settings = replace(self._settings, doubtful=_ALWAYS)


class EncoderAlone(_Alone):
    """Cosine of claim and aligned sentences."""

    reader = Cosine


class CrossEncoderAlone(_Alone):
    """The learned model, asked about every claim."""

    reader = CrossEncoder
