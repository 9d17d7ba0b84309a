"""Phrases, model and sentiment together, over all that the customer has said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policies.policy import Policy, Risk
from validators.intent.encoder import Encoder
from validators.language import detect, maybe_english
from validators.risk.foreign import ForeignPatterns
from validators.risk.model import FIRED, RiskModel
from validators.risk.patterns import FRAUD_IN_PROGRESS, RiskPatterns
from validators.risk.sentiment import sentiment, shouting

PHRASE_STRENGTH = 0.95
_HARSH = -0.8
_HARSH_STRENGTH = 0.6
_COOLING = 0.7
"""Of anger, per later message of the customer: people calm down, threats stay."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a customer's messages show."""

    risks: Mapping[Risk, float] = field(default_factory=dict)
    """Only labels that count, with their strength (0.5..1)."""
    fraud_in_progress: bool = False
    sentiment: float = 0.0
    """Of the last message, -1..1."""


class RiskDetector:
    """Phrases give precision, the model recall: either is enough."""

    def __init__(self, encoder: Encoder, policy: Policy) -> None:
        """Compile the phrases and fit the model; blocking, about a second."""
        self._patterns = RiskPatterns()
        self._foreign = ForeignPatterns()
        self._model = RiskModel(encoder, policy)
        self._languages = policy.languages

    def read(self, messages: Sequence[str]) -> Reading:
        """Assess the customer's messages, oldest first. Blocking, milliseconds."""
        if not messages:
            return Reading()
        by_meaning = [
            *self._model.strengths(messages[:-1], earlier=True),
            *self._model.strengths(messages[-1:]),
        ]
        strongest: dict[Risk, float] = {}
        in_progress = False
        for age, (text, strengths) in enumerate(
            zip(reversed(messages), reversed(by_meaning), strict=True)
        ):
            language = detect(text)
            phrases = self._phrases(text, language)
            meant = strengths if self._has(language) else {}
            in_progress |= FRAUD_IN_PROGRESS in phrases
            for risk in Risk:
                value = max(meant.get(risk, 0.0), PHRASE_STRENGTH * (risk.value in phrases))
                if risk is Risk.ANGRY:
                    value = max(value, _HARSH_STRENGTH * _harsh(text)) * _COOLING**age
                strongest[risk] = max(strongest.get(risk, 0.0), value)
        fired = {risk: value for risk, value in strongest.items() if value >= FIRED}
        return Reading(fired, in_progress, sentiment(messages[-1]))

    def _has(self, language: str | None) -> bool:
        """Tell whether the policy's examples may be in a language, or it was not told."""
        return language is None or not self._languages or language in self._languages

    def _phrases(self, text: str, language: str | None) -> frozenset[str]:
        """Find phrases of all languages; those of others count only in text that may be theirs.

        English shares words such as `fraud` with them, and has phrases that know its idioms.
        """
        phrases = self._patterns.find(text)
        if language != "en" and not (language is None and maybe_english(text)):
            phrases |= {risk.value for risk in self._foreign.find(text)}
        return phrases


def _harsh(text: str) -> bool:
    tone = sentiment(text)
    return tone <= _HARSH or (tone < 0 and shouting(text))
