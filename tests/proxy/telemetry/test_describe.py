import json
from dataclasses import replace
from typing import Any

import pytest

from policies.decision import Deliver, HandOff
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.held import Held
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
    ToolCall,
    Turn,
    Vault,
)
from proxy.pipeline import AFTER_THE_GATE, BEHIND_THE_ANSWER, INBOUND
from proxy.telemetry import names
from proxy.telemetry.describe import (
    STAGES,
    check_attributes,
    decision_attributes,
    pipeline_attributes,
)
from proxy.telemetry.spans import clean

TEXT = "TXT"
"""Stands in every text of the turn; none of it may be told."""
RULE = IntentRule(
    name="returns",
    examples=(TEXT,),
    automation=Automation.AUTO,
    min_confidence=0.7,
    max_amount=None,
    release=Release.SENTENCE,
    on_ungrounded=Action.ESCALATE,
    cache=True,
    tier=None,
    routing=Routing(owner="billing"),
    escalation_text=Texts({"en": TEXT}),
)
POLICY = Policy(id="shop", version="v1", intents={"returns": RULE}, fallback=RULE, risks={})


def turn(**changes: Any) -> Turn:
    given = {"policy": POLICY, "received": Raw(TEXT), **changes}
    return Turn(id="hr_1", request_id="req_1", created=1.0, **given)


def claim(verdict: ClaimVerdict) -> Finding:
    evidence = (Evidence("page", TEXT, TEXT),)
    judged = Claim(Redacted(TEXT), (0, 3), verdict, 0.4, evidence)
    return Finding("grounding", None, Severity.INFO, TEXT, claim=judged)


FULL = turn(
    alias="bot",
    stream=True,
    shadow=False,
    config_hash="cfg",
    conversation_id=TEXT,
    customer_ref=TEXT,
    caller=Caller("helper", "tenant"),
    authorization=Raw(TEXT),
    request={"messages": TEXT},
    conversation=(Message(Role.USER, Redacted(TEXT)),),
    evidence=(Passage(TEXT, TEXT, TEXT, TEXT),),
    vault=Vault({"[PERSON_k7q2]": TEXT}),
    entities={"PERSON": 2, "EMAIL_ADDRESS": 1},
    classification=Classification("returns", 0.8, risks={Risk.LEGAL_THREAT: 0.6, Risk.ANGRY: 0.3}),
    tier="standard",
    sources=(Passage("p#0", "p", TEXT, TEXT), Passage("p#1", "p", TEXT, TEXT)),
    knowledge_revision="r1",
    answers=(Answer(0, (Sentence(Redacted(TEXT), 0),), (ToolCall("c", "f", Redacted(TEXT)),)),),
    findings=tuple(map(claim, [ClaimVerdict.SUPPORTED, ClaimVerdict.NOT_FOUND] * 2)),
    cache=CacheUse("hit", key="k", entry_id="e", age_s=12.5),
    confidence=0.4,
    cached=Redacted(TEXT),
    decision=HandOff(Reason.LOW_CONFIDENCE, (TEXT,)),
    handoff=HandoffRef("ho_1", "created", "billing-2"),
    notice=Redacted(TEXT),
)


def told(stage: str, about: Turn = FULL) -> dict[str, Any]:
    return dict(STAGES[stage].describe(about))


def test_every_stage_of_the_pipeline_is_described() -> None:
    assert tuple(STAGES) == INBOUND + AFTER_THE_GATE + BEHIND_THE_ANSWER


@pytest.mark.parametrize("about", [turn(), FULL])
def test_no_text_is_told(about: Turn) -> None:
    everything = [
        *(STAGES[stage].describe(about) for stage in STAGES),
        decision_attributes(about),
        pipeline_attributes(about),
    ]
    assert TEXT not in json.dumps([dict(attributes) for attributes in everything])


@pytest.mark.parametrize("about", [turn(), FULL])
def test_every_attribute_is_one_that_a_span_takes(about: Turn) -> None:
    for stage in STAGES.values():
        attributes = stage.describe(about)
        assert clean(attributes, model=False) == attributes
    assert clean(pipeline_attributes(about), model=False) == pipeline_attributes(about)


def test_redaction_tells_counts_and_types() -> None:
    assert told("redact") == {names.PII_COUNT: 3, names.PII_TYPES: ["EMAIL_ADDRESS", "PERSON"]}
    assert told("redact", turn()) == {names.PII_COUNT: 0, names.PII_TYPES: []}


def test_classification_tells_intent_and_risks() -> None:
    assert told("classify") == {
        names.INTENT: "returns",
        names.INTENT_SCORE: 0.8,
        names.RISKS: ["angry", "legal_threat"],
        names.AUTOMATION: "auto",
    }
    assert told("classify", turn()) == {}


def test_looking_up_tells_what_was_found() -> None:
    assert told("look_up") == {
        names.CACHE_STATUS: "hit",
        names.CACHE_AGE: 12.5,
        names.KB_REVISION: "r1",
        names.KB_HITS: 2,
    }
    assert names.CACHE_AGE not in told("look_up", turn())
    assert told("remember") == {names.CACHE_STATUS: "hit"}
    assert told("route") == {names.TIER: "standard"}
    assert told("route", turn()) == {names.TIER: ""}


def test_the_decision_tells_outcome_and_claims() -> None:
    assert told("settle") == {
        names.ACTION: "escalate",
        names.VERDICT: "partly_grounded",
        names.CONFIDENCE: 0.4,
        names.REASON: "low_confidence",
        names.CLAIMS_TOTAL: 4,
        names.CLAIMS_SUPPORTED: 2,
        names.CLAIMS_CONTRADICTED: 0,
        names.CLAIMS_NOT_FOUND: 2,
        names.CLAIMS_NOT_CHECKABLE: 0,
    }
    plain = decision_attributes(turn(decision=Deliver()))
    assert (plain[names.ACTION], plain[names.VERDICT]) == ("pass", "not_checked")
    assert names.CONFIDENCE not in plain
    assert names.REASON not in plain


def test_a_handoff_tells_where_it_went_and_why() -> None:
    assert told("hand_over") == {
        names.HANDOFF_ID: "ho_1",
        names.HANDOFF_REASON: "low_confidence",
        names.HANDOFF_OWNER: "billing",
        names.HANDOFF_PRIORITY: "normal",
    }
    assert told("hand_over", turn()) == {}
    care = Routing(owner="care", priority=Priority.URGENT)
    strict = RiskRule(Risk.ANGRY, (), Automation.HUMAN, care, None)
    by_risk = FULL.but(policy=replace(POLICY, risks={Risk.ANGRY: strict}))
    assert told("hand_over", by_risk)[names.HANDOFF_OWNER] == "care"
    assert told("hand_over", by_risk)[names.HANDOFF_PRIORITY] == "urgent"
    assert STAGES["hand_over"].kind == "producer"


@pytest.mark.parametrize(
    ("scope", "stage"), [("question", "input"), ("sentence", "output"), ("answer", "output")]
)
def test_a_check_tells_how_it_ended(scope: str, stage: str) -> None:
    run = CheckRun(
        "grounding", scope, Outcome.FAIL, 3.0, score=0.2, kind=Reason.NOT_IN_KB, shadow=True
    )
    assert check_attributes(run, 4) == {
        names.VALIDATOR_NAME: "grounding",
        names.VALIDATOR_STAGE: stage,
        names.VALIDATOR_OUTCOME: "fail",
        names.VALIDATOR_SHADOW: True,
        names.VALIDATOR_SCORE: 0.2,
        names.VALIDATOR_REASON: "not_in_kb",
        names.SENTENCE: 4,
    }


def test_a_check_that_saw_nothing_tells_no_score() -> None:
    attributes = check_attributes(CheckRun("a", "sentence", Outcome.PASS, 1.0), 0)
    assert names.VALIDATOR_SCORE not in attributes
    assert names.VALIDATOR_REASON not in attributes


def test_the_pipeline_tells_what_it_ran_under() -> None:
    assert pipeline_attributes(FULL) == {
        names.POLICY_ID: "shop",
        names.POLICY_VERSION: "v1",
        names.CONFIG_HASH: "cfg",
        names.STREAM: True,
        names.PROFILE: "support",
        names.SHADOW: False,
        names.RESULT_ID: "hr_1",
        names.TENANT: "tenant",
        names.BOT: "helper",
    }


def test_holding_tells_which_handoff_and_nothing_that_was_said() -> None:
    held = Held(
        "ho_0", "q", Reason.NOT_IN_KB, last_said=Redacted(TEXT), replies=((1, Redacted(TEXT)),)
    )
    about = turn(held=held, conversation_id="c1")
    assert told("hold", about) == {names.HANDOFF_ID: "ho_0"}
    assert told("hold", turn()) == {}
    assert STAGES["hold"].applies(about)
    assert not STAGES["hold"].applies(turn(conversation_id=None))
    assert not STAGES["hold"].applies(turn(conversation_id="c1", profile="utility"))
