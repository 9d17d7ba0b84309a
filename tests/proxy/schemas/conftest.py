"""A turn of which every record can be made."""

import pytest

from policies.decision import HandOff
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.knowledge import Evidence
from policies.messages import Message, Role
from policies.policy import Action, Automation, IntentRule, Policy, Release, Risk, Routing, Texts
from policies.text import Raw, Redacted
from policies.turn import Answer, Classification, HandoffRef, Sentence, Served, Turn


@pytest.fixture
def turn() -> Turn:
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
        routing=Routing(),
        escalation_text=Texts({}),
    )
    said = Redacted("Postage is free.")
    page = Evidence("returns", "Returns", "x" * 2000, "https://shop.example/r", "r1", 0.8)
    lost = Claim(said, (0, 16), ClaimVerdict.CONTRADICTED, 0.2, (page,))
    return Turn(
        id="hr_1",
        request_id="req_1",
        created=1_700_000_000.0,
        received=Raw(None),
        policy=Policy("support", "v1", {"returns": rule}, rule, {}),
        trace_id="ab" * 16,
        span_id="cd" * 8,
        conversation=(Message(Role.USER, Redacted("Is postage free?")),),
        classification=Classification(
            "returns", 0.8, alternatives=(("returns", 0.8),), risks={Risk.ANGRY: 0.9}
        ),
        answers=(Answer(0, (Sentence(said, 0, checkable=True),), finish_reason="stop"),),
        findings=(Finding("grounding", Reason.CONTRADICTS_KB, Severity.FAIL, claim=lost),),
        checks=(CheckRun("grounding", "sentence", Outcome.FAIL, 1.5, 0.2, Reason.CONTRADICTS_KB),),
        served=Served("embedded", "pages", "extractive", 1),
        confidence=0.2,
        decision=HandOff(Reason.CONTRADICTS_KB, ("grounding: contradicts_kb",)),
        handoff=HandoffRef("01", "created", "support"),
        notice=Redacted("A colleague takes over."),
    )
