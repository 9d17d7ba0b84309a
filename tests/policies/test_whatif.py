from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decide import decide
from policies.hours import Hours, parse_spans, zone
from policies.policy import Automation, Condition, Money, Policy, Repeat, Risk, RiskRule, Routing
from policies.turn import Classification, Turn
from policies.whatif import changes, outcome

MONDAY_10 = 1767607200.0
HUMAN = Automation.HUMAN


def shop(make: Any) -> Policy:
    risks = {
        Risk.SELF_HARM: RiskRule(Risk.SELF_HARM, (), Automation.IMMEDIATE, Routing(), None),
        Risk.HARDSHIP: RiskRule(Risk.HARDSHIP, (), HUMAN, Routing(), None),
    }
    rows = (
        Condition("late", HUMAN, hours="closed"),
        Condition("texts", min_confidence=0.9, channels=frozenset({"sms"})),
        Condition("cross", HUMAN, sentiment_below=-0.5),
    )
    policy: Policy = make.policy(
        {"max_amount": Money(100, "EUR")},
        risks=risks,
        conditions=rows,
        repeat=Repeat(3),
        languages=("en",),
        hours=Hours(zone("UTC"), {0: parse_spans("09:00-18:00")}),
    )
    return policy


def turn_of(make: Any, **changed: Any) -> Turn:
    seen = {"alternatives": (("refund", 0.8), ("dispute", 0.2)), "language": "en"}
    known = Classification("refund", 0.8, **{**seen, **changed.pop("seen", {})})
    turn: Turn = make.turn(policy=shop(make), created=MONDAY_10, classification=known, **changed)
    return turn


def whats(turn: Turn) -> dict[str, str]:
    return {change.what: str(change.outcome) for change in changes(turn.policy, turn)}


def test_a_turn_that_a_machine_may_answer(make: Any) -> None:
    turn = turn_of(make)
    assert str(outcome(turn.policy, turn)) == "a machine may answer, from confidence 0.70 on"
    found = whats(turn)
    assert found["with the risk self_harm"].endswith("without a model call (immediate_intent)")
    assert "the model may draft" in found["with the risk hardship"]
    assert "(amount_over_limit)" in found["with an amount above 100 EUR"]
    assert "(repeat_contact)" in found["as contact 3 on the matter"]
    assert "(frustration)" in found["if the customer sounded furious"]
    assert "0.90" in found["on the channel sms"]
    assert "outside business hours" in found
    assert "without a model call" in found["in a language that nothing checks"]
    assert "with intents.refund.automation = 'human'" in found
    assert "with the risk angry" not in found
    assert "without the rule 'late'" not in found


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"seen": {"risks": {Risk.HARDSHIP: 0.9}}}, "without the risk hardship"),
        ({"seen": {"amounts": (Money(101, "EUR"),)}}, "without an amount"),
        ({"seen": {"sentiment": -0.9}}, "if the customer sounded neutral"),
        ({"seen": {"sentiment": -0.9}}, "without the rule 'cross'"),
        ({"seen": {"language": "de"}}, "if the customer wrote en"),
        ({"contacts": 3}, "as contact 1 on the matter"),
        ({"tightened": frozenset({"*"})}, "once it is relaxed"),
        ({"scope": {"channel": "sms"}}, "without a channel"),
    ],
)
def test_what_sends_a_turn_to_a_person_is_named(
    make: Any, changed: dict[str, Any], what: str
) -> None:
    turn = turn_of(make, **changed)
    assert whats(turn)[what] == "a machine may answer, from confidence 0.70 on"


def test_outside_hours_the_opening_is_named(make: Any) -> None:
    turn = turn_of(make).but(created=MONDAY_10 + 86_400)
    assert whats(turn)["within business hours"].startswith("a machine")


def test_a_turn_that_was_not_classified_is_explained(make: Any) -> None:
    turn = make.turn(policy=shop(make), created=MONDAY_10)
    assert "as contact 3 on the matter" in whats(turn)


@given(
    risks=st.dictionaries(st.sampled_from(Risk), st.just(0.9)),
    contacts=st.integers(1, 4),
    sentiment=st.floats(-1, 1),
)
def test_every_change_leads_elsewhere_and_leaves_the_turn(
    make: Any, risks: dict[Risk, float], contacts: int, sentiment: float
) -> None:
    turn = turn_of(make, seen={"risks": risks, "sentiment": sentiment}, contacts=contacts)
    before = decide(turn.policy, turn)
    now = outcome(turn.policy, turn)
    assert all(change.outcome != now for change in changes(turn.policy, turn))
    assert decide(turn.policy, turn) == before
