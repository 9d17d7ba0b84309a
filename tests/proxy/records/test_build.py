import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.calibration import IDENTITY
from policies.decision import Decision, Deliver, HandOff, Refuse, Rewrite
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.text import Redacted
from policies.turn import Answer, CacheUse, Sentence, Turn
from proxy.records.build import WORST, decision_record, result_object

TurnFactory = Callable[..., Turn]

ACTIONS = {"pass", "rewrite", "escalate", "block"}
VERDICTS = {"grounded", "partly_grounded", "ungrounded", "not_checked", "error"}
OUTCOMES = {"pass", "fail", "warn", "error", "not_run"}


def plain(value: Any) -> Any:
    """Only JSON survives this unchanged."""
    return json.loads(json.dumps(value, allow_nan=False))


def check_head(result: dict[str, Any]) -> None:
    """What the two public schemas ask of both objects."""
    assert result["version"] == "1"
    assert isinstance(result["id"], str)
    assert result["action"] in ACTIONS
    assert result["verdict"] in VERDICTS
    assert result["confidence"] is None or 0 <= result["confidence"] <= 1
    assert result["reason"] in {None, *(r.value for r in Reason)}
    assert isinstance(result["policy"]["id"], str)
    assert result["cache"]["status"] in {"hit", "miss", "bypass", "store"}
    assert re.fullmatch("[0-9a-f]{32}", result.get("trace_id", "0" * 32))
    for validator in result["validators"]:
        assert validator["outcome"] in OUTCOMES
        assert validator["stage"] in {"input", "output"}
        assert validator["action"] in {"none", "redact", "rewrite", "escalate", "block"}
        assert isinstance(validator.get("score", 0.0), float | int | None)
        assert isinstance(validator.get("duration_ms", 0.0), float | int)


def test_a_record_tells_all_that_happened(make_turn: TurnFactory) -> None:
    record = decision_record(make_turn())
    check_head(record)
    assert plain(record) == record
    assert record["action"] == "escalate"
    assert record["reason"] == "not_in_kb"
    assert record["verdict"] == "partly_grounded"
    assert record["created_at"] == "2023-11-14T22:13:20.250Z"
    assert record["conversation"] == "conv-1"
    assert record["tenant"] == "acme"
    assert record["bot"] == "web"
    assert record["customer_ref"] == "cust-1"
    assert record["question"] == "TXT I am [PERSON_k7q2]. Return?"
    assert record["answer"] == "TXT Parcels go back within 30 days. TXT Postage is free."
    assert record["released"] == "TXT Parcels go back within 30 days. "
    assert record["notice"] == "TXT A colleague takes over."
    assert record["automation"] == "human"
    assert record["risk"] == ["angry"]
    assert record["explanation"] == ["grounding: not_in_kb"]
    assert record["usage"] == {"prompt_tokens": 9}
    assert record["cost_usd"] == 0.001
    assert record["marks"] == {"redact": 1.235}
    assert record["model"]["upstream"] == "mock-1"
    assert record["versions"] == {
        "config": "cfg1",
        "policy": "v1",
        "calibration": IDENTITY.label,
        "knowledge": "kb1",
    }
    assert record["handoff"] == {"id": "01HX", "status": "created", "queue": "returns"}
    assert record["intent"] == {"name": "returns", "score": 0.91}
    assert record["citations"][0]["source_id"] == "returns"


def test_claims_carry_their_evidence_shortened(make_turn: TurnFactory) -> None:
    supported, lost = decision_record(make_turn())["claims"]
    assert (supported["id"], lost["id"]) == ("c1", "c2")
    assert supported["verdict"] == "supported"
    assert supported["span"] == [0, 36]
    assert len(supported["evidence"][0]["quote"]) <= 1000
    assert supported["evidence"][0]["quote"].startswith("TXT quote")
    assert lost["evidence"] == []


@pytest.mark.parametrize(
    ("decision", "action", "reason"),
    [
        (Deliver(), "pass", None),
        (Rewrite(Reason.NOT_IN_KB), "rewrite", "not_in_kb"),
        (HandOff(Reason.FRUSTRATION), "escalate", "frustration"),
        (Refuse(Reason.PROMPT_ATTACK), "block", "prompt_attack"),
        (None, "block", None),
    ],
)
def test_each_decision_is_an_action(
    make_turn: TurnFactory, decision: Decision | None, action: str, reason: str | None
) -> None:
    for result in both(make_turn(decision=decision)):
        assert (result["action"], result["reason"]) == (action, reason)
        assert "shadow" not in result


def both(turn: Turn) -> list[dict[str, Any]]:
    return [decision_record(turn), result_object(turn), result_object(turn, "full")]


def test_shadow_mode_passes_and_tells_what_would_have_been(make_turn: TurnFactory) -> None:
    for result in both(make_turn(shadow=True, notice=Redacted(""), handoff=None)):
        assert (result["action"], result["reason"]) == ("pass", None)
        assert result["shadow"] == {"action": "escalate", "reason": "not_in_kb"}


def test_shadow_mode_admits_what_was_replaced_all_the_same(make_turn: TurnFactory) -> None:
    for result in both(make_turn(shadow=True)):
        assert result["action"] == "escalate"


def test_a_utility_call_passes_unchecked(make_turn: TurnFactory) -> None:
    turn = make_turn(
        profile="utility",
        decision=None,
        findings=(),
        checks=(),
        classification=None,
        confidence=None,
        handoff=None,
    )
    for result in both(turn):
        check_head(result)
        assert (result["action"], result["verdict"]) == ("pass", "not_checked")
        assert result["confidence"] is None
        assert "intent" not in result
    assert decision_record(turn)["risk"] == []


def test_a_request_without_conversation_says_so(make_turn: TurnFactory) -> None:
    assert decision_record(make_turn(conversation_id=None))["conversation"] == "unknown"


def test_a_turn_that_never_got_far_has_a_record(make_turn: TurnFactory) -> None:
    turn = make_turn(
        trace_id="", conversation=(), classification=None, answers=(), findings=(), decision=None
    )
    record = decision_record(turn)
    check_head(record)
    assert record["answer"] is None
    assert record["question"] == ""
    assert "trace_id" not in record


def test_the_runs_of_a_check_are_merged(make_turn: TurnFactory) -> None:
    attack, grounding, tone = decision_record(make_turn())["validators"]
    assert (attack["name"], attack["stage"], attack["action"]) == ("attack", "input", "none")
    assert grounding["outcome"] == "fail"
    assert grounding["duration_ms"] == 6.0
    assert grounding["score"] == 0.2
    assert grounding["runs"] == 3
    assert grounding["reason_code"] == "not_in_kb"
    assert grounding["action"] == "escalate"
    assert tone["shadow"] is True
    assert tone["action"] == "none"


@given(st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=6))
@settings(
    deadline=None,
    # the factory only makes frozen values, so examples can't influence each other
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_one_bad_run_makes_the_check_bad(make_turn: TurnFactory, outcomes: list[Outcome]) -> None:
    runs = tuple(CheckRun("g", "sentence", outcome, 1.0) for outcome in outcomes)
    (merged,) = result_object(make_turn(checks=runs))["validators"]
    assert merged["outcome"] == max(outcomes, key=WORST.index).value
    assert merged["outcome"] != "pass" or set(outcomes) == {Outcome.PASS}


def test_every_outcome_has_its_place() -> None:
    assert sorted(WORST) == sorted(Outcome)


def test_summary_has_no_scores_and_full_has(make_turn: TurnFactory) -> None:
    summary, full = result_object(make_turn()), result_object(make_turn(), "full")
    check_head(summary)
    check_head(full)
    assert plain(full) == full
    assert all({"score", "duration_ms", "reason_code"}.isdisjoint(v) for v in summary["validators"])
    assert full["validators"][1]["score"] == 0.2
    assert "citations" not in summary
    assert full["citations"] == [{"source_id": "returns"}]
    counts = {"total": 2, "supported": 1, "contradicted": 0, "not_found": 1, "not_checkable": 0}
    assert summary["claims"] == full["claims"] == counts
    assert summary["pii"] == {"redacted": True, "entity_counts": {"PERSON": 1}}
    assert summary["route"] == {
        "tier": "standard",
        "requested_model": "small",
        "served_model": "small",
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
        ("openrouter/x:free", "openrouter/x:free"),
        ("anna@shop.example", "*"),
        ("Anna Berg", "*"),
        ("+46701234567", "*"),
        ("0701234567", "*"),
        ("bot\n", "*"),
        ("x" * 101, "*"),
    ],
)
def test_a_model_is_told_only_if_it_can_be_one(
    make_turn: TurnFactory, asked: str, told: str
) -> None:
    for result in both(make_turn(alias=asked)):
        assert result["route"]["requested_model"] == told


@pytest.mark.parametrize("detail", ["summary", "full"])
def test_a_result_holds_no_text(make_turn: TurnFactory, detail: str) -> None:
    written = json.dumps(result_object(make_turn(), detail))
    for private in ("TXT", "RAW", "PERSON_k7q2", "conv-1", "cust-1"):
        assert private not in written


def test_a_record_holds_no_original_value(make_turn: TurnFactory) -> None:
    assert "RAW" not in json.dumps(decision_record(make_turn()))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 7.0, -3.0])
def test_odd_numbers_of_a_check_do_not_spoil_the_record(
    make_turn: TurnFactory, number: float
) -> None:
    claim = Claim(Redacted("x"), (0, 1), ClaimVerdict.SUPPORTED, number)
    turn = make_turn(
        findings=(Finding("g", None, Severity.INFO, claim=claim),),
        checks=(CheckRun("g", "sentence", Outcome.PASS, 1.0, score=number),),
        confidence=number,
        cache=CacheUse("hit", age_s=number),
    )
    for result in both(turn):
        check_head(result)
        assert plain(result) == result


def test_several_choices_are_kept_side_by_side(make_turn: TurnFactory) -> None:
    texts = ("one", "two")
    answers = tuple(Answer(n, (Sentence(Redacted(t), 0),)) for n, t in enumerate(texts))
    record = decision_record(make_turn(answers=answers))
    assert record["answer"] == "one"
    assert [a["text"] for a in record["answers"]] == ["one", "two"]
