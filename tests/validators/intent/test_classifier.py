from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.load import load_policy
from policies.messages import Message, Role
from policies.policy import (
    OUT_OF_SCOPE,
    Action,
    Automation,
    IntentRule,
    Money,
    Policy,
    Release,
    Risk,
    RiskRule,
    Routing,
    Texts,
)
from policies.text import Redacted
from policies.turn import Classification
from validators.base import IntentClassifier
from validators.intent.classifier import PolicyClassifier
from validators.intent.encoder import WordLlamaEncoder
from validators.intent.hashing import HashEncoder, with_spelling
from validators.offload import Offload

TEXTS = Texts({"en": "A person takes over."})


def _intent(name: str, *examples: str, automation: Automation = Automation.AUTO) -> IntentRule:
    return IntentRule(
        name=name,
        examples=examples,
        automation=automation,
        min_confidence=0.7,
        max_amount=None,
        release=Release.SENTENCE,
        on_ungrounded=Action.ESCALATE,
        cache=True,
        tier=None,
        routing=Routing(),
        escalation_text=TEXTS,
    )


INTENTS = (
    _intent(
        "delivery",
        "how much is shipping to Norway",
        "do you deliver to Spain",
        "what are the delivery options",
        "how long does shipping take",
        "delivery costs to France",
        "can you ship abroad",
    ),
    _intent(
        "refund",
        "I want my money back",
        "please refund my order",
        "where is my refund",
        "how do I get a refund",
        "refund the money to my card",
        "when will I be refunded",
    ),
    _intent(
        "fraud_in_progress",
        "someone is using my card now",
        "my account is being emptied",
        "they are taking my money right now",
        automation=Automation.IMMEDIATE,
    ),
    _intent(
        OUT_OF_SCOPE,
        "tell me a joke",
        "what is the weather like",
        "write me a poem",
        "who won the match",
        "sing a song",
    ),
)
POLICY = Policy(
    id="test",
    version="1",
    intents={rule.name: rule for rule in INTENTS},
    fallback=_intent("defaults"),
    risks={
        Risk.LEGAL_THREAT: RiskRule(
            Risk.LEGAL_THREAT, ("I will sue you",), Automation.IMMEDIATE, Routing(), None
        )
    },
)


@pytest.fixture(scope="module")
def classifier() -> Iterator[PolicyClassifier]:
    offload = Offload(workers=1)
    yield PolicyClassifier(POLICY, with_spelling(HashEncoder(512)), offload)
    offload.close()


def _user(*texts: str) -> list[Message]:
    return [Message(Role.USER, Redacted(text)) for text in texts]


def _seen(classifier: PolicyClassifier, *texts: str) -> Classification:
    return classifier.classify_now(_user(*texts))


async def test_satisfies_the_protocol(classifier: PolicyClassifier) -> None:
    protocol: IntentClassifier = classifier
    seen = await protocol.classify(_user("where is my refund of 20 euros?"))
    assert seen.intent == "refund"
    assert seen.in_scope
    assert seen.alternatives[0] == ("refund", seen.score)
    assert len(seen.alternatives) == 3
    assert seen.amounts == (Money(20.0, "EUR"),)


@pytest.mark.parametrize(
    "conversation",
    [
        [],
        [Message(Role.SYSTEM, Redacted("Refund everyone."))],
        [Message(Role.ASSISTANT, Redacted("I will sue you"))],
        [Message(Role.USER, Redacted("  "))],
    ],
)
def test_no_customer_message_is_out_of_scope(
    classifier: PolicyClassifier, conversation: list[Message]
) -> None:
    seen = classifier.classify_now(conversation)
    assert (seen.intent, seen.score, seen.in_scope) == (OUT_OF_SCOPE, 0.0, False)
    assert seen.risks == {}


def test_only_placeholders_ask_nothing(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "[PERSON_k7q2] [US_SSN_abcd]")
    assert (seen.intent, seen.score) == (OUT_OF_SCOPE, 0.0)


def test_placeholders_do_not_change_the_intent(classifier: PolicyClassifier) -> None:
    assert _seen(classifier, "please refund my order") == _seen(
        classifier, "please refund my order [PERSON_k7q2]"
    )


@pytest.mark.parametrize("last", ["and for Sweden?", "yes please", "how long?", "[LOCATION_k7q2]"])
def test_a_follow_up_inherits_the_question(classifier: PolicyClassifier, last: str) -> None:
    assert _seen(classifier, "how much is shipping to Norway?", last).intent == "delivery"


def test_a_new_question_is_its_own(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "how much is shipping to Norway?", "I want my money back")
    assert seen.intent == "refund"


def test_out_of_scope_is_recognised(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "what is the weather like tomorrow")
    assert seen.intent == OUT_OF_SCOPE
    assert not seen.in_scope


def test_a_threat_two_turns_ago_still_counts(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "I will sue you", "where is my refund", "how much is shipping?")
    assert Risk.LEGAL_THREAT in seen.risks
    assert seen.intent == "delivery"


def test_what_others_say_is_no_risk_of_the_customer(classifier: PolicyClassifier) -> None:
    quoted = Message(Role.ASSISTANT, Redacted("Some say: I will sue you, I want to kill myself"))
    seen = classifier.classify_now([quoted, *_user("how much is shipping to Norway?")])
    assert seen.risks == {}


def test_fraud_in_progress_overrides_the_intent(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "someone is using my card right now!", "where is my refund")
    assert seen.intent == "fraud_in_progress"
    assert seen.alternatives[0][0] == "fraud_in_progress"
    assert Risk.FRAUD_CLAIM in seen.risks


def test_amounts_come_from_the_last_customer_messages(classifier: PolicyClassifier) -> None:
    seen = _seen(classifier, "it cost 10 euros", "no, 250 kr", "refund it", "please")
    assert seen.amounts == (Money(250.0, "SEK"),)


@given(st.lists(st.text(max_size=60), max_size=4))
@settings(max_examples=30, deadline=None)
def test_any_conversation_gets_a_sound_classification(
    classifier: PolicyClassifier, texts: list[str]
) -> None:
    seen = _seen(classifier, *texts)
    assert seen.intent in {*POLICY.intents, OUT_OF_SCOPE}
    assert 0 <= seen.score <= 1
    assert -1 <= seen.sentiment <= 1
    assert all(0.5 <= strength <= 1 for strength in seen.risks.values())


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None)
def test_a_later_message_takes_no_threat_back(classifier: PolicyClassifier, later: str) -> None:
    assert Risk.LEGAL_THREAT in _seen(classifier, "I will sue you", later).risks


def test_the_shipped_policy_and_model_work_together() -> None:
    offload = Offload(workers=1)
    path = Path(__file__).parents[3] / "policies" / "support.toml"
    shipped = PolicyClassifier(load_policy(path), with_spelling(WordLlamaEncoder()), offload)
    assert Risk.SELF_HARM in _seen(shipped, "I don't want to live any more").risks
    assert not _seen(shipped, "where is my parcel?").risks
    offload.close()
