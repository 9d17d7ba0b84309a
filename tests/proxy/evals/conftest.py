"""A small policy with an intent for everyone."""

import pytest

from policies.policy import (
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


def rule(name: str, automation: Automation = Automation.AUTO) -> IntentRule:
    return IntentRule(
        name=name,
        examples=(f"an example of {name}",),
        automation=automation,
        min_confidence=0.7,
        max_amount=Money(100, "EUR"),
        release=Release.SENTENCE,
        on_ungrounded=Action.ESCALATE,
        cache=True,
        tier=None,
        routing=Routing(),
        escalation_text=Texts({"en": "A colleague takes over."}),
    )


@pytest.fixture
def policy() -> Policy:
    threat = RiskRule(Risk.LEGAL_THREAT, (), Automation.IMMEDIATE, Routing(), None)
    intents = {"refund": rule("refund"), "dispute": rule("dispute", Automation.HUMAN)}
    return Policy("support", "v1", intents, rule("defaults"), {Risk.LEGAL_THREAT: threat})
