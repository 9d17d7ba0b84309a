"""What customers of many trades ask day by day: evidence against a need for a person."""

from importlib.resources import files

import numpy as np

from policies.policy import Automation, Policy
from validators.intent.encoder import Encoder
from validators.intent.linear import LinearModel, fit, softmax

_TOO_CLOSE = 0.6
"""Cosine to an example that a person must answer, from which the policy is right."""


def ordinary_messages() -> tuple[str, ...]:
    """Return the everyday messages that come with this package, in English."""
    text = files("validators.risk").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class OrdinaryModel:
    """Tells an everyday question of any trade from what a policy's intents are about.

    Logistic regression over the intents and one more class, the everyday messages (the
    background class of Hendrycks et al., "Deep anomaly detection with outlier exposure",
    ICLR 2019). Apart from the intent model, whose probabilities it must not move.
    """

    def __init__(self, encoder: Encoder, policy: Policy) -> None:
        """Learn from the policy's examples; blocking, under a second.

        Everyday messages close to an example that a person must answer are left out: in
        that policy's trade they are not everyday.
        """
        self._encoder = encoder
        self._model: LinearModel | None = None
        pairs = [
            (text, n, rule.automation is not Automation.AUTO)
            for n, rule in enumerate(policy.intents.values())
            for text in rule.examples
        ]
        if not any(grave for *_, grave in pairs):
            return
        known = encoder.encode([text for text, *_ in pairs])
        everyday = encoder.encode(ordinary_messages())
        kept = everyday[
            (everyday @ known[[grave for *_, grave in pairs]].T).max(axis=1) < _TOO_CLOSE
        ]
        last = len(policy.intents)
        labels = np.array([n for _, n, _ in pairs] + [last] * len(kept), dtype=np.intp)
        self._model = fit(np.vstack([known, kept]), labels, last + 1)

    def share(self, text: str) -> float:
        """Return how much of the probability is on an everyday question, 0..1.

        0 for a policy that leaves nothing to a person. Blocking.
        """
        if self._model is None:
            return 0.0
        return float(softmax(self._model.logits(self._encoder.encode([text])))[0, -1])
