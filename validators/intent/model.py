"""Few examples per intent in, an intent with a calibrated probability out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from policies.policy import OUT_OF_SCOPE
from validators.intent.calibrate import Calibration, calibrate
from validators.intent.descent import Weights
from validators.intent.encoder import Encoder
from validators.intent.linear import LinearModel, fit, held_out_logits, softmax

ACCEPTANCE = 0.95
"""Share of in-scope messages that must not be rejected as out of scope."""
_TOP = 3
_FEW = 2
"""With fewer examples than this in every class, nothing can be held out."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one text asks for."""

    intent: str
    """The best intent, even if it is not convincing."""
    score: float
    """Calibrated probability that it is right, 0..1; low for what no intent covers."""
    in_scope: bool
    alternatives: tuple[tuple[str, float], ...]
    """The best three with their probabilities, the chosen one first."""


NOTHING_ASKED = Prediction(OUT_OF_SCOPE, 0.0, in_scope=False, alternatives=())


class IntentModel:
    """Logistic regression over sentence vectors, calibrated by cross-validation."""

    def __init__(
        self,
        encoder: Encoder,
        examples: Mapping[str, Sequence[str]],
        *,
        acceptance: float = ACCEPTANCE,
    ) -> None:
        """Learn from texts by intent; blocking, well under a second for a usual policy.

        An intent without examples is never recognised. The intent `out_of_scope`, if it
        has examples, is learnt like any other.
        """
        self._encoder = encoder
        self._names = sorted(name for name, texts in examples.items() if texts)
        pairs = [(text, i) for i, name in enumerate(self._names) for text in examples[name]]
        self._model: LinearModel | None = None
        self._calibration = Calibration()
        self._floor = -np.inf
        if not pairs:
            return
        vectors = encoder.encode([text for text, _ in pairs])
        labels = np.array([i for _, i in pairs], dtype=np.intp)
        self._model = fit(vectors, labels, len(self._names))
        if len(self._names) > 1 and np.bincount(labels).max() >= _FEW:
            logits, rows = held_out_logits(vectors, labels, len(self._names))
            self._calibration = calibrate(logits, labels[rows])
            self._floor = self._find_floor(logits, labels[rows], acceptance)

    @property
    def intents(self) -> tuple[str, ...]:
        """Names of the intents that can be recognised."""
        return tuple(self._names)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Recognise each text by itself. Blocking, well under a millisecond a text."""
        if self._model is None or not texts:
            return [NOTHING_ASKED for _ in texts]
        vectors = self._encoder.encode(texts)
        logits = self._model.logits(vectors)
        scores = self._calibration.probability(logits)
        seen = np.linalg.norm(vectors, axis=1) > 0
        return [
            self._prediction(logits[i], float(scores[i])) if seen[i] else NOTHING_ASKED
            for i in range(len(texts))
        ]

    def _prediction(self, logits: Weights, score: float) -> Prediction:
        order = np.argsort(-logits)
        best = self._names[int(order[0])]
        shares = softmax(logits[None, order[1:]])[0] if len(order) > 1 else np.zeros(0)
        rest = [
            (self._names[int(i)], min(float(share) * (1 - score), score))
            for i, share in zip(order[1:_TOP], shares, strict=False)
        ]
        in_scope = best != OUT_OF_SCOPE and float(logits[order[0]]) >= self._floor
        return Prediction(best, score, in_scope, ((best, score), *rest))

    def _find_floor(self, logits: Weights, labels: np.ndarray, acceptance: float) -> float:
        """Find the best-class score that the given share of in-scope examples reaches."""
        inside = np.array([self._names[label] != OUT_OF_SCOPE for label in labels])
        best = logits[inside].max(axis=1) if inside.any() else np.zeros(1)
        return float(np.quantile(best, 1 - acceptance))
