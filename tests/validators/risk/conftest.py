import pytest

from policies.policy import (
    Action,
    Automation,
    IntentRule,
    Policy,
    Release,
    Risk,
    RiskRule,
    Routing,
    Texts,
)


def _intent(name: str, *examples: str) -> IntentRule:
    return IntentRule(
        name=name,
        examples=examples,
        automation=Automation.AUTO,
        min_confidence=0.7,
        max_amount=None,
        release=Release.SENTENCE,
        on_ungrounded=Action.ESCALATE,
        cache=True,
        tier=None,
        routing=Routing(),
        escalation_text=Texts({"en": "A person takes over."}),
    )


@pytest.fixture(scope="session")
def policy() -> Policy:
    """A policy whose hardship examples use words that the package's examples do not."""
    hardship = ("the zorblax ate our budget", "zorblax season ruins us", "no budget left, zorblax")
    return Policy(
        id="test",
        version="1",
        intents={"delivery": _intent("delivery", "where is my parcel", "do you ship to Spain")},
        fallback=_intent("defaults"),
        risks={Risk.HARDSHIP: RiskRule(Risk.HARDSHIP, hardship, Automation.HUMAN, Routing(), None)},
    )
