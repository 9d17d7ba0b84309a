"""The classifier that a policy's examples make: intent, risks, sentiment, amounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.messages import Message, Role
from policies.policy import OUT_OF_SCOPE, Automation, Policy
from policies.turn import Classification
from validators.intent.context import earlier_question, has_own_words, is_short, leans_back
from validators.intent.encoder import Encoder, MemoEncoder
from validators.intent.model import NOTHING_ASKED, IntentModel, Prediction
from validators.intent.words import ends, literal
from validators.language import of_conversation
from validators.offload import Offload
from validators.risk.amounts import amounts
from validators.risk.detect import Reading, RiskDetector
from validators.risk.ordinary import OrdinaryModel
from validators.risk.patterns import FRAUD_IN_PROGRESS

_SURE = 0.95
_MAX_CHARS = 20_000
"""Of one message: its head and tail are read."""
_MAX_MESSAGES = 200
"""Of the customer, the latest ones, so that no conversation takes seconds."""
_RECENT = 3
"""Customer messages whose amounts count: a sum is often named before it is claimed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How cautious the classifier is."""

    acceptance: float = 0.95
    """Share of in-scope messages that must not be rejected as out of scope."""
    keep_human: float = 0.25
    """An intent that a person must answer is kept from this probability on, even if the
    message looks out of scope: a wrong handoff costs less than a wrong answer."""
    keep_immediate: float = 0.55
    """The same for intents that stop everything; real emergencies are also found by the
    risk phrases and heads, which need no intent."""
    ordinary_human: float = 0.2
    """An intent that a person must answer is dropped where an everyday question of any
    trade has at least this probability."""
    ordinary_immediate: float = 0.1
    """The same for intents that stop everything."""


class PolicyClassifier:
    """Learns a policy when it is built. One instance per policy; never changed afterwards."""

    def __init__(
        self,
        policy: Policy,
        encoder: Encoder,
        offload: Offload,
        settings: Settings | None = None,
    ) -> None:
        """Fit on the policy's examples: blocking, one or two seconds for a usual policy."""
        self._settings = settings or Settings()
        self._policy = policy
        self._offload = offload
        memo = MemoEncoder(encoder)
        examples = {name: rule.examples for name, rule in policy.intents.items()}
        self._intents = IntentModel(memo, examples, acceptance=self._settings.acceptance)
        self._ordinary = OrdinaryModel(memo, policy)
        self._risks = RiskDetector(memo, policy)

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        """Classify the conversation, the last customer message first of all.

        Risks count wherever the customer showed them. Without a customer message the
        intent is `out_of_scope` with score 0.
        """
        return await self._offload.run(self.classify_now, tuple(conversation))

    def classify_now(self, conversation: Sequence[Message]) -> Classification:
        """Classify in this thread; milliseconds."""
        messages = [
            ends(m.text, _MAX_CHARS) for m in conversation if m.role is Role.USER and m.text.strip()
        ][-_MAX_MESSAGES:]
        if not messages:
            return Classification(intent=OUT_OF_SCOPE, score=0.0, in_scope=False)
        reading = self._risks.read(messages)
        language = of_conversation(messages)
        prediction = self._with_risks(self._understand(messages, language), reading)
        return Classification(
            intent=prediction.intent,
            score=prediction.score,
            in_scope=prediction.in_scope,
            alternatives=prediction.alternatives,
            risks=reading.risks,
            sentiment=reading.sentiment,
            amounts=tuple(money for text in messages[-_RECENT:] for money in amounts(text)),
            language=language,
        )

    def _understand(self, messages: Sequence[str], language: str | None) -> Prediction:
        """Predict from the last message, helped by earlier ones where it needs help.

        In a language that the policy does not have, nothing is recognised: its examples
        would match by accident.
        """
        known = self._policy.languages
        if language is not None and known and language not in known:
            return NOTHING_ASKED
        last, before = messages[-1], earlier_question(messages[:-1])
        text = literal(last)
        if not has_own_words(last):
            return self._predict(before) if before else self._predict(text)
        alone = self._predict(text)
        if not before or (alone.in_scope and alone.score >= _SURE):
            return alone
        together = self._predict(f"{before} {text}")
        if leans_back(last):
            # It may only add a detail; then the earlier question is the clearer one.
            return max(together, self._predict(before), key=_clarity)
        if is_short(last) and not alone.in_scope:
            return max(alone, together, key=_clarity)
        return alone

    def _predict(self, text: str) -> Prediction:
        if not text:
            return NOTHING_ASKED
        (prediction,) = self._intents.predict([text])
        automation = self._policy.rule(prediction.intent).automation
        if automation is Automation.AUTO:
            if prediction.in_scope or prediction.intent == OUT_OF_SCOPE:
                return prediction
            return self._rejected(prediction)
        if self._convincing(prediction, text, immediate=automation is Automation.IMMEDIATE):
            return prediction
        return self._milder(prediction)

    def _convincing(self, prediction: Prediction, text: str, *, immediate: bool) -> bool:
        """Tell whether an intent that a person must answer is likely enough to be kept."""
        bar, most = self._settings.keep_human, self._settings.ordinary_human
        if immediate:
            bar, most = self._settings.keep_immediate, self._settings.ordinary_immediate
        return prediction.score >= bar and self._ordinary.share(text) < most

    def _milder(self, prediction: Prediction) -> Prediction:
        """Take the best alternative that the bot may answer, if the message is in scope."""
        if prediction.in_scope:
            for name, score in prediction.alternatives:
                if self._policy.rule(name).automation is Automation.AUTO:
                    return Prediction(
                        name, score, in_scope=True, alternatives=prediction.alternatives
                    )
        return self._rejected(prediction)

    def _rejected(self, prediction: Prediction) -> Prediction:
        return Prediction(
            OUT_OF_SCOPE, prediction.score, in_scope=False, alternatives=prediction.alternatives
        )

    def _with_risks(self, prediction: Prediction, reading: Reading) -> Prediction:
        """Fraud that is going on overrides whatever else was asked."""
        if not reading.fraud_in_progress or FRAUD_IN_PROGRESS not in self._policy.intents:
            return prediction
        rest = tuple(pair for pair in prediction.alternatives if pair[0] != FRAUD_IN_PROGRESS)
        first = (FRAUD_IN_PROGRESS, max(_SURE, prediction.score))
        return Prediction(*first, in_scope=True, alternatives=(first, *rest[:2]))


def _clarity(prediction: Prediction) -> tuple[bool, float]:
    return prediction.in_scope, prediction.score
