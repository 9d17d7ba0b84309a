import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.messages import Message, Role
from policies.policy import Automation, Priority, Risk, RiskRule, Routing
from policies.text import Redacted
from policies.turn import Answer, Classification, Sentence, Served, ToolCall, Turn, Vault
from proxy.handoff.packet import MAX_MESSAGES, MAX_TEXT, build_packet

TurnFactory = Callable[..., Turn]
NOW = 1_700_000_000.0


def packet_of(turn: Turn) -> dict[str, Any]:
    made = build_packet(turn, handoff_id="01HX", now=NOW, environment="test", key=b"k")
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    check_shape(made)
    return made


def check_shape(packet: dict[str, Any]) -> None:
    """What the public schema asks of every packet."""
    assert packet["schema_version"] == "1.0"
    assert {"handoff_id", "tenant", "conversation", "draft", "claims"} <= set(packet)
    assert len(packet["idempotency_key"]) <= 255
    assert datetime.fromisoformat(packet["created_at"]).tzinfo is not None
    assert packet["privacy"]["mode"] == "redacted"
    assert packet["trigger"]["reason_code"] in set(Reason)
    assert packet["routing"]["owner"]
    assert packet["routing"]["priority"] in {"low", "normal", "high", "urgent"}
    assert re.fullmatch("[0-9a-f]{32}", packet["trace"]["trace_id"])
    assert len(packet["conversation"]["summary"]) <= 2000
    assert len(set(packet["flags"])) == len(packet["flags"])
    assert packet["confidence"] is None or 0 <= packet["confidence"] <= 1
    for message in packet["conversation"]["messages"]:
        assert message["role"] in {"customer", "bot", "agent", "system", "tool"}
    for claim in packet["claims"]:
        assert claim["verdict"] in set(ClaimVerdict)
        assert all(len(e["quote"]) <= 1000 for e in claim["evidence"])


def test_a_packet_tells_who_what_and_why(make_turn: TurnFactory) -> None:
    packet = packet_of(make_turn())
    assert packet["handoff_id"] == "01HX"
    assert packet["created_at"] == "2023-11-14T22:13:20.000Z"
    assert (packet["tenant"], packet["bot"], packet["environment"]) == ("acme", "web", "test")
    assert packet["customer"] == {"ref": "cust-1"}
    assert packet["conversation"]["id"] == "conv-1"
    assert packet["conversation"]["locale"] == "en"
    assert packet["conversation"]["turn_count"] == 1
    assert packet["trigger"] == {
        "reason_code": "not_in_kb",
        "detail": "TXT no page speaks of postage",
        "validator": "grounding",
        "policy": {"id": "support", "version": "v1", "config_hash": "cfg1"},
    }
    assert packet["intent"]["label"] == "returns"
    assert packet["intent"]["alternatives"] == [{"label": "refund", "score": 0.05}]
    assert packet["flags"] == ["angry", "not_in_kb"]
    assert packet["kb"] == {"revision": "kb1", "gap": True, "gap_topic": "returns"}
    assert packet["trace"] == {
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "b7ad6b7169203331",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "request_id": "req_1",
    }
    assert packet["result_id"] == "hr_1"
    assert packet["outcome"] is None


def test_the_draft_shows_what_was_withheld_and_what_was_seen(make_turn: TurnFactory) -> None:
    draft = packet_of(make_turn())["draft"]
    marks = draft.pop("sentences")
    assert [(m["verdict"], m["sent"], m["claims"]) for m in marks] == [
        ("supported", True, ["c1"]),
        ("not_found", False, ["c2"]),
    ]
    assert draft == {
        "text": "TXT Parcels go back within 30 days. TXT Postage is free.",
        "sent_to_customer": "partial",
        "released_text": "TXT Parcels go back within 30 days. ",
        "customer_saw": "TXT A colleague takes over.",
        "model": "mock-1",
    }


def test_nothing_released_is_none_sent(make_turn: TurnFactory) -> None:
    answers = (Answer(0, (Sentence(Redacted("No."), 0),), finish_reason="stop"),)
    draft = packet_of(make_turn(answers=answers))["draft"]
    assert (draft["sent_to_customer"], draft["released_text"]) == ("none", "")


def test_without_a_model_call_there_is_no_draft(make_turn: TurnFactory) -> None:
    packet = packet_of(make_turn(answers=(), served=Served(), findings=()))
    assert packet["draft"] is None
    assert packet["customer_saw"] == "TXT A colleague takes over."


def test_a_model_that_failed_left_an_empty_draft(make_turn: TurnFactory) -> None:
    turn = make_turn(
        answers=(),
        served=Served("local", "small", attempts=3, error="timeout"),
        findings=(),
        decision=HandOff(Reason.UPSTREAM_FAILED),
    )
    packet = packet_of(turn)
    assert packet["draft"]["text"] == ""
    assert packet["draft"]["model"] == "small"
    assert packet["kb"]["gap"] is False


def test_tool_calls_are_part_of_the_draft(make_turn: TurnFactory) -> None:
    call = ToolCall("1", "refund", Redacted('{"iban": "[IBAN_CODE_k7q2]"}'))
    draft = packet_of(make_turn(answers=(Answer(0, tool_calls=(call,)),)))["draft"]
    assert draft["tool_calls"] == [{"name": "refund", "arguments": '{"iban": "[IBAN_CODE_k7q2]"}'}]


def test_messages_come_with_their_speakers_and_without_the_prompt(make_turn: TurnFactory) -> None:
    turn = make_turn(
        conversation=(
            Message(Role.SYSTEM, Redacted("prompt")),
            Message(Role.DEVELOPER, Redacted("prompt")),
            Message(Role.USER, Redacted("one")),
            Message(Role.ASSISTANT, Redacted("{}"), tool_call=True),
            Message(Role.TOOL, Redacted("two")),
            Message(Role.ASSISTANT, Redacted("three")),
        )
    )
    shown = packet_of(turn)["conversation"]["messages"]
    assert [(m["role"], m["text"]) for m in shown] == [
        ("customer", "one"),
        ("tool", "{}"),
        ("tool", "two"),
        ("bot", "three"),
    ]


def test_a_long_conversation_keeps_its_end(make_turn: TurnFactory) -> None:
    many = tuple(Message(Role.USER, Redacted(str(n))) for n in range(MAX_MESSAGES + 5))
    conversation = packet_of(make_turn(conversation=many))["conversation"]
    assert conversation["truncated"] is True
    assert len(conversation["messages"]) == MAX_MESSAGES
    assert conversation["messages"][-1]["text"] == str(MAX_MESSAGES + 4)
    assert conversation["turn_count"] == MAX_MESSAGES + 5


def test_a_long_message_is_cut(make_turn: TurnFactory) -> None:
    turn = make_turn(conversation=(Message(Role.TOOL, Redacted("x" * (MAX_TEXT + 1))),))
    conversation = packet_of(turn)["conversation"]
    assert conversation["truncated"] is True
    assert len(conversation["messages"][0]["text"]) == MAX_TEXT


def test_placeholders_are_named_and_never_filled(make_turn: TurnFactory) -> None:
    vault = Vault({"[US_SSN_k7q2]": "RAW", "[PERSON_a2b3]": "RAW", "odd": "RAW"})
    packet = packet_of(make_turn(vault=vault))
    assert packet["privacy"]["placeholders"] == [
        {"token": "[PERSON_a2b3]", "entity_type": "PERSON"},
        {"token": "[US_SSN_k7q2]", "entity_type": "US_SSN"},
        {"token": "odd", "entity_type": "UNKNOWN"},
    ]
    assert "RAW" not in json.dumps(packet)


@pytest.mark.parametrize("decision", [None, Deliver(), Refuse(Reason.PROMPT_ATTACK)])
def test_only_a_handoff_has_a_packet(make_turn: TurnFactory, decision: Any) -> None:
    with pytest.raises(ValueError, match="handed off"):
        build_packet(
            make_turn(decision=decision), handoff_id="h", now=NOW, environment="t", key=b"k"
        )


def with_rules(turn: Turn, intent: Routing, *risks: RiskRule, human: bool = False) -> Turn:
    automation = Automation.HUMAN if human else Automation.AUTO
    rule = replace(turn.policy.rule("returns"), routing=intent, automation=automation)
    policy = replace(
        turn.policy, intents={"returns": rule}, risks={rule.risk: rule for rule in risks}
    )
    seen = Classification("returns", 0.9, risks={rule.risk: 0.9 for rule in risks})
    return turn.but(policy=policy, classification=seen)


def risk(label: Risk, automation: Automation, routing: Routing) -> RiskRule:
    return RiskRule(label, (), automation, routing, None)


SHOP = Routing("shop", "returns", ("returns",), Priority.LOW, 600)
LEGAL = Routing("legal", "legal-1", ("law",), Priority.NORMAL, 240)
CARE = Routing("care", "care-1", (), Priority.URGENT, 15)


def test_a_calm_customer_goes_where_the_intent_says(make_turn: TurnFactory) -> None:
    assert packet_of(with_rules(make_turn(), SHOP))["routing"] == {
        "owner": "shop",
        "queue_id": "returns",
        "skills": ["returns"],
        "priority": "low",
        "sla": {"first_response_due_at": "2023-11-15T08:13:20.000Z", "policy": "intent returns"},
    }


def test_the_strictest_rule_decides_where(make_turn: TurnFactory) -> None:
    legal = risk(Risk.LEGAL_THREAT, Automation.IMMEDIATE, LEGAL)
    angry = risk(Risk.ANGRY, Automation.AUTO, CARE)
    routing = packet_of(with_rules(make_turn(), SHOP, legal, angry))["routing"]
    assert (routing["owner"], routing["sla"]["policy"]) == ("legal", "risk legal_threat")


def test_the_most_urgent_rule_decides_how_soon(make_turn: TurnFactory) -> None:
    legal = risk(Risk.LEGAL_THREAT, Automation.IMMEDIATE, LEGAL)
    angry = risk(Risk.ANGRY, Automation.AUTO, CARE)
    routing = packet_of(with_rules(make_turn(), SHOP, legal, angry))["routing"]
    assert routing["priority"] == "urgent"
    assert routing["sla"]["first_response_due_at"] == "2023-11-14T22:28:20.000Z"


def test_among_equally_strict_rules_the_more_urgent_decides(make_turn: TurnFactory) -> None:
    hardship = risk(Risk.HARDSHIP, Automation.HUMAN, CARE)
    assert packet_of(with_rules(make_turn(), SHOP, hardship, human=True))["routing"]["owner"] == (
        "care"
    )


def test_a_risk_without_a_rule_changes_nothing(make_turn: TurnFactory) -> None:
    seen = Classification("returns", 0.9, risks={Risk.SELF_HARM: 0.9})
    turn = with_rules(make_turn(), SHOP).but(classification=seen)
    packet = packet_of(turn)
    assert packet["routing"]["owner"] == "shop"
    assert "self_harm" in packet["flags"]


@pytest.mark.parametrize(
    ("mood", "label"),
    [(-0.8, "negative"), (-0.1, "neutral"), (0.6, "positive"), (-7.0, "negative")],
)
def test_moods_have_names(make_turn: TurnFactory, mood: float, label: str) -> None:
    seen = Classification("returns", 0.9, sentiment=mood)
    sentiment = packet_of(make_turn(classification=seen))["sentiment"]
    assert sentiment["label"] == label
    assert -1 <= sentiment["score"] <= 1


def test_a_turn_that_never_got_far_has_a_packet(make_turn: TurnFactory) -> None:
    turn = make_turn(
        conversation_id=None,
        customer_ref=None,
        locale=None,
        classification=None,
        trace_id="",
        span_id="",
        findings=(),
        confidence=math.nan,
        decision=HandOff(Reason.CHECK_FAILED, ("attack: check_failed", "tone: check_failed")),
    )
    packet = packet_of(turn)
    assert packet["conversation"]["id"] == "unknown"
    assert packet["trigger"]["detail"] == "attack: check_failed; tone: check_failed"
    assert "validator" not in packet["trigger"]
    assert not {"customer", "intent", "sentiment"} & set(packet)
    assert packet["confidence"] is None
    assert packet["trace"] == {"trace_id": "0" * 32, "request_id": "req_1"}


def test_odd_scores_do_not_spoil_the_packet(make_turn: TurnFactory) -> None:
    claim = Claim(Redacted("x"), (0, 1), ClaimVerdict.NOT_FOUND, math.inf)
    finding = Finding("g", Reason.NOT_IN_KB, Severity.FAIL, claim=claim, score=math.nan)
    seen = Classification("returns", math.nan, alternatives=(("x", math.nan),), sentiment=math.nan)
    packet = packet_of(make_turn(findings=(finding,), classification=seen))
    assert packet["intent"]["score"] == 0.0
    assert packet["claims"][0]["score"] is None
