"""Risks by meaning: finds what no phrase list foresaw, at a measured rate of false alarms."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

import numpy as np

from policies.policy import Automation, Policy, Risk
from validators.intent.descent import Weights
from validators.intent.encoder import BlendedEncoder, Encoder
from validators.intent.hashing import WEIGHT, HashEncoder
from validators.intent.words import literal
from validators.risk.heads import Heads, Marks, fit_heads
from validators.risk.nearness import Nearness
from validators.risk.ordinary import ordinary_messages

FALSE_ALARMS = 0.0075
"""Share of ordinary messages, per label, on which the label may fire."""
STRICT_FALSE_ALARMS = 0.005
"""The same for labels that stop everything, and for what was said earlier: a long
conversation has many chances to misfire."""
_OUTLIERS = 0.02
"""Share of a label's examples that may lie further from all others than a message that
fires: the classifier is linear and would go by direction alone, however far off."""
_BUCKETS = 256
"""Of hashed spelling beside the sentence vector: a word such as `deaf` weighs little in the
meaning of a sentence, and all in its risk."""
_NEVER = -30.0
"""Log odds that no message overcomes."""
FIRED = 0.5
"""Strength from which a label counts."""

_RISKS = tuple(Risk)
_SHOWN_BY = {risk.value: risk for risk in _RISKS} | {"fraud_in_progress": Risk.FRAUD_CLAIM}
_MILD = frozenset({"complaint"})
"""Intents that are often angry: no evidence of a calm customer."""

_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n+")
_MAX_SENTENCES = 60
_MIN_WORDS = 3
"""Shorter sentences mean nothing without their neighbours."""


class RiskModel:
    """One logistic regression per risk label over sentence vectors."""

    def __init__(
        self, encoder: Encoder, policy: Policy, *, false_alarms: float = FALSE_ALARMS
    ) -> None:
        """Learn from the policy's examples and those of this package.

        Positive: `[risks.X] examples`, and the examples of an intent that has the name of
        a risk. Negative: intents that the bot may answer, ordinary messages, and for all
        but anger itself the angry ones. Examples of other risks say nothing: both go to a
        person, and many messages show two.
        Each label's threshold is set on held-out negatives, a stricter one where the policy
        calls for a person at once. Blocking, about a second.
        """
        self._encoder = encoder
        self._spelt = BlendedEncoder((encoder, 1.0), (HashEncoder(_BUCKETS), WEIGHT))
        examples = list(_examples(policy))
        marks = np.array([row for _, row in examples], dtype=np.int8)
        texts = [text for text, _ in examples]
        vectors = encoder.encode(texts)
        self._heads: Heads
        self._heads, unseen = fit_heads(self._spelt.encode(texts), marks)
        self._near = Nearness(vectors, marks, outliers=_OUTLIERS)
        unseen[~self._near.close(vectors)] = _NEVER
        strict = min(false_alarms, STRICT_FALSE_ALARMS)
        self._latest = _thresholds(
            unseen, marks, [strict if _at_once(policy, risk) else false_alarms for risk in _RISKS]
        )
        self._earlier = _thresholds(unseen, marks, [strict for _ in _RISKS])

    def strengths(
        self, texts: Sequence[str], *, earlier: bool = False
    ) -> list[Mapping[Risk, float]]:
        """Return, per text, how strongly it shows each label: `FIRED` or more counts.

        The strongest sentence of a text decides, so that one line in a long message is
        not lost. `earlier` asks for the stricter thresholds. Blocking.
        """
        pieces = [_pieces(text) for text in texts]
        flat = [piece for group in pieces for piece in group]
        if not flat:
            return [{} for _ in texts]
        thresholds = self._earlier if earlier else self._latest
        vectors = self._encoder.encode(flat)
        margins = self._heads.scores(self._spelt.encode(flat)) - thresholds
        # A text without any word that the encoder knows has no meaning to go by.
        margins[np.linalg.norm(vectors, axis=1) == 0] = -np.inf
        margins[~self._near.close(vectors)] = -np.inf
        result: list[Mapping[Risk, float]] = []
        start = 0
        for group in pieces:
            rows = margins[start : start + len(group)]
            start += len(group)
            result.append(_strength(rows) if len(group) else {})
        return result


def _strength(margins: Weights) -> dict[Risk, float]:
    best = 1 / (1 + np.exp(-np.clip(margins.max(axis=0), -30, 30)))
    return {risk: float(value) for risk, value in zip(_RISKS, best, strict=True)}


def _pieces(text: str) -> list[str]:
    """Return the message and its sentences: the first and the last, if there are many."""
    whole = literal(text)
    if not whole:
        return []
    parts = (literal(part) for part in _SENTENCE.split(text))
    sentences = [part for part in parts if len(part.split()) >= _MIN_WORDS and part != whole]
    if len(sentences) > _MAX_SENTENCES:
        half = _MAX_SENTENCES // 2
        sentences = sentences[:half] + sentences[-half:]
    return [whole, *sentences]


def _at_once(policy: Policy, risk: Risk) -> bool:
    rule = policy.risks.get(risk)
    return rule is not None and rule.automation is Automation.IMMEDIATE


def _thresholds(unseen: Weights, marks: Marks, false_alarms: Sequence[float]) -> Weights:
    """Per label, the score that no more than the given share of negatives exceeds."""
    found = [
        np.quantile(unseen[marks[:, label] < 0, label], 1 - share)
        for label, share in enumerate(false_alarms)
    ]
    return np.array(found, dtype=np.float32)


def _examples(policy: Policy) -> Iterator[tuple[str, list[int]]]:
    """Yield texts with their mark per label."""
    own = files("validators.risk").joinpath("examples.toml").read_text(encoding="utf-8")
    yield from ((text, _calm()) for text in ordinary_messages())
    for name, texts in tomllib.loads(own).items():
        yield from ((text, _shows(Risk(name))) for text in texts)
    for risk, risk_rule in policy.risks.items():
        yield from ((text, _shows(risk)) for text in risk_rule.examples)
    for name, rule in policy.intents.items():
        if name in _SHOWN_BY:
            yield from ((text, _shows(_SHOWN_BY[name])) for text in rule.examples)
        elif rule.automation is Automation.AUTO:
            marks = _calm()
            if name in _MILD:
                marks[_RISKS.index(Risk.ANGRY)] = 0
            yield from ((text, marks) for text in rule.examples)


def _shows(risk: Risk) -> list[int]:
    # Mere anger must not pass for despair or a threat; other risks often come together.
    elsewhere = -1 if risk is Risk.ANGRY else 0
    return [1 if other is risk else elsewhere for other in _RISKS]


def _calm() -> list[int]:
    return [-1 for _ in _RISKS]
