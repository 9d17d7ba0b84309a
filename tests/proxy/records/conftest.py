"""A turn that was handed off after a doubtful answer, with every part filled in."""

from collections.abc import Callable
from typing import Any

import pytest

from policies.decision import HandOff
from policies.findings import (
    CheckRun,
    Claim,
    ClaimVerdict,
    Finding,
    Outcome,
    Reason,
    Severity,
)
from policies.knowledge import Evidence, Passage
from policies.messages import Message, Role
from policies.policy import (
    Action,
    Automation,
    IntentRule,
    Policy,
    Priority,
    Release,
    Risk,
    RiskRule,
    Routing,
    Texts,
)
from policies.text import Raw, Redacted
from policies.turn import (
    Answer,
    CacheUse,
    Caller,
    Classification,
    HandoffRef,
    Sentence,
    Served,
    Turn,
    Vault,
)

TurnFactory = Callable[..., Turn]

GOOD = Redacted("TXT Parcels go back within 30 days. ")
BAD = Redacted("TXT Postage is free.")


def _policy() -> Policy:
    rule = IntentRule(
        name="returns",
        examples=(),
        automation=Automation.AUTO,
        min_confidence=0.7,
        max_amount=None,
        release=Release.SENTENCE,
        on_ungrounded=Action.ESCALATE,
        cache=True,
        tier=None,
        routing=Routing("shop", "returns", ("returns",), Priority.NORMAL, 120),
        escalation_text=Texts({}),
    )
    angry = RiskRule(Risk.ANGRY, (), Automation.HUMAN, Routing(), None)
    return Policy("support", "v1", {"returns": rule}, rule, {Risk.ANGRY: angry})


def _findings() -> tuple[Finding, ...]:
    page = Evidence("returns", "TXT title", "TXT quote " + "x" * 2000, "https://x/r", "r1", 0.8)
    supported = Claim(GOOD, (0, 36), ClaimVerdict.SUPPORTED, 0.95, (page,))
    lost = Claim(BAD, (36, 56), ClaimVerdict.NOT_FOUND, 0.2)
    return (
        Finding("grounding", None, Severity.INFO, claim=supported, sentence=0),
        Finding(
            "grounding",
            Reason.NOT_IN_KB,
            Severity.FAIL,
            "TXT no page speaks of postage",
            claim=lost,
            sentence=1,
        ),
    )


def _checks() -> tuple[CheckRun, ...]:
    return (
        CheckRun("attack", "question", Outcome.PASS, 1.5, score=0.1),
        CheckRun("grounding", "sentence", Outcome.PASS, 2.0, score=0.95),
        CheckRun("grounding", "sentence", Outcome.FAIL, 3.0, score=0.2, kind=Reason.NOT_IN_KB),
        CheckRun("grounding", "sentence", Outcome.WARN, 1.0, score=0.5),
        CheckRun("tone", "answer", Outcome.FAIL, 1.0, kind=Reason.NOT_IN_KB, shadow=True),
    )


def _fields() -> dict[str, Any]:
    return {
        "id": "hr_1",
        "request_id": "req_1",
        "created": 1_700_000_000.25,
        "received": Raw({"private": "RAW"}),
        "alias": "small",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "b7ad6b7169203331",
        "config_hash": "cfg1",
        "conversation_id": "conv-1",
        "customer_ref": "cust-1",
        "locale": "en",
        "caller": Caller("web", "acme", "key-1"),
        "policy": _policy(),
        "conversation": (
            Message(Role.SYSTEM, Redacted("TXT prompt")),
            Message(Role.USER, Redacted("TXT I am [PERSON_k7q2]. Return?")),
        ),
        "vault": Vault({"[PERSON_k7q2]": "RAW Anna"}),
        "entities": {"PERSON": 1},
        "classification": Classification(
            "returns", 0.91, alternatives=(("refund", 0.05),), risks={Risk.ANGRY: 0.7}
        ),
        "tier": "standard",
        "sources": (Passage("p1", "returns", "TXT title", "TXT passage"),),
        "knowledge_revision": "kb1",
        "answers": (
            Answer(
                0,
                (
                    Sentence(GOOD, 0, released=True, checkable=True),
                    Sentence(BAD, 36, checkable=True),
                ),
                finish_reason="stop",
            ),
        ),
        "findings": _findings(),
        "checks": _checks(),
        "served": Served("local", "small", "mock-1", 1, {"prompt_tokens": 9}, 0.001),
        "cache": CacheUse("miss", age_s=None),
        "confidence": 0.2,
        "decision": HandOff(Reason.NOT_IN_KB, ("grounding: not_in_kb",)),
        "handoff": HandoffRef("01HX", "created", "returns"),
        "notice": Redacted("TXT A colleague takes over."),
        "marks": {"redact": 1.23456},
    }


@pytest.fixture
def make_turn() -> TurnFactory:
    return lambda **changes: Turn(**{**_fields(), **changes})
