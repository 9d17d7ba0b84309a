"""A turn whose answer may be stored; tests spoil it in one way each."""

from collections.abc import Callable
from typing import Any

import pytest

from policies.decision import Deliver
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Severity
from policies.knowledge import Evidence
from policies.messages import Message, Role
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
from policies.text import Raw, Redacted
from policies.turn import Answer, Classification, Sentence, Turn

QUESTION = Redacted("How long may I return a parcel?")
ANSWER = Redacted("You may return it within 30 days.")

TurnFactory = Callable[..., Turn]


def _rule(name: str, **changes: Any) -> IntentRule:
    fields: dict[str, Any] = {
        "name": name,
        "examples": (),
        "automation": Automation.AUTO,
        "min_confidence": 0.7,
        "max_amount": None,
        "release": Release.SENTENCE,
        "on_ungrounded": Action.ESCALATE,
        "cache": True,
        "tier": None,
        "routing": Routing(),
        "escalation_text": Texts({}),
    }
    return IntentRule(**{**fields, **changes})


def _policy() -> Policy:
    intents = {
        "returns": _rule("returns"),
        "order_status": _rule("order_status", cache=False),
        "dispute": _rule("dispute", automation=Automation.HUMAN),
    }
    hardship = RiskRule(Risk.HARDSHIP, (), Automation.HUMAN, Routing(), None)
    return Policy("support", "v1", intents, _rule("defaults"), {Risk.HARDSHIP: hardship})


def _supported() -> Finding:
    evidence = Evidence("returns", "Returns", "Parcels go back within 30 days.")
    claim = Claim(ANSWER, (0, 33), ClaimVerdict.SUPPORTED, 0.95, (evidence,))
    return Finding("grounding", None, Severity.INFO, claim=claim)


@pytest.fixture
def make_turn() -> TurnFactory:
    fields: dict[str, Any] = {
        "id": "hr_1",
        "request_id": "req_1",
        "created": 1_700_000_000.0,
        "received": Raw({}),
        "alias": "small",
        "policy": _policy(),
        "request": {
            "model": "small",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": QUESTION},
            ],
        },
        "conversation": (
            Message(Role.SYSTEM, Redacted("Be brief.")),
            Message(Role.USER, QUESTION),
        ),
        "classification": Classification("returns", 0.9),
        "knowledge_revision": "kb1",
        "answers": (Answer(0, (Sentence(ANSWER, 0, released=True),), finish_reason="stop"),),
        "findings": (_supported(),),
        "checks": (CheckRun("grounding", "sentence", Outcome.PASS, 1.0),),
        "confidence": 0.95,
        "decision": Deliver(),
    }
    return lambda **changes: Turn(**{**fields, **changes})
