import itertools
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calibration import IDENTITY, Calibration
from policies.decide import decide
from policies.decision import Decision, Deliver, HandOff, Refuse, Rewrite, rank
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.policy import (
    Action,
    Automation,
    IntentRule,
    Money,
    Policy,
    Risk,
    RiskRule,
    Routing,
)
from policies.text import Redacted
from policies.turn import Answer, Classification, Sentence, Turn

UNGROUNDED = (Reason.NOT_IN_KB, Reason.CONTRADICTS_KB, Reason.UNBACKED_PROMISE)


def risk_rule(risk: Risk, automation: Automation) -> RiskRule:
    return RiskRule(risk, (), automation, Routing(), None)


def seen(intent: str = "refund", **changes: Any) -> Classification:
    return Classification(intent, 0.9, **changes)


def answer(*texts: str, checkable: bool = True, finish: str | None = "stop") -> Answer:
    sentences = tuple(Sentence(Redacted(t), 0, checkable=checkable) for t in texts)
    return Answer(0, sentences, finish_reason=finish)


def reason(decision: Decision) -> Reason | None:
    return None if isinstance(decision, Deliver) else decision.reason


# One row per rule: what the decision is where only this rule objects.
automations = {
    Automation.AUTO: (0, None),
    Automation.HUMAN: (2, Reason.HUMAN_ONLY_INTENT),
    Automation.IMMEDIATE: (2, Reason.IMMEDIATE_INTENT),
}


@pytest.mark.parametrize("automation", Automation)
def test_automation_of_the_intent(make: Any, automation: Automation) -> None:
    policy = make.policy({"automation": automation})
    decision = decide(policy, make.turn(policy=policy, classification=seen()))
    assert (rank(decision), reason(decision)) == automations[automation]


@pytest.mark.parametrize("automation", Automation)
@pytest.mark.parametrize("classification", [None, seen("nobody wrote a rule for this")])
def test_what_no_rule_covers_follows_the_defaults(
    make: Any,
    automation: Automation,
    classification: Classification | None,
) -> None:
    policy = make.policy(fallback=make.rule(automation=automation))
    decision = decide(policy, make.turn(policy=policy, classification=classification))
    assert (rank(decision), reason(decision)) == automations[automation]


def test_who_asks_for_a_person_is_told_so(make: Any) -> None:
    human = make.rule(name="asks_for_human", automation=Automation.HUMAN)
    policy = make.policy(intents={"asks_for_human": human})
    decision = decide(policy, make.turn(policy=policy, classification=seen("asks_for_human")))
    assert reason(decision) is Reason.CUSTOMER_ASKED_FOR_HUMAN


@pytest.mark.parametrize("automation", Automation)
@pytest.mark.parametrize("risk", Risk)
def test_risks_go_to_a_person_whatever_the_intent(
    make: Any, risk: Risk, automation: Automation
) -> None:
    policy = make.policy(risks={risk: risk_rule(risk, automation)})
    decision = decide(policy, make.turn(policy=policy, classification=seen(risks={risk: 0.3})))
    expected = automations[automation]
    if automation is Automation.HUMAN:
        own = {
            Risk.ASKS_FOR_HUMAN: Reason.CUSTOMER_ASKED_FOR_HUMAN,
            Risk.ANGRY: Reason.FRUSTRATION,
        }
        expected = (2, own.get(risk, Reason.HUMAN_ONLY_INTENT))
    assert (rank(decision), reason(decision)) == expected


LIMIT = Money(100, "EUR")


@pytest.mark.parametrize(
    ("limit", "amounts", "over"),
    [
        (None, [Money(1e9, "EUR")], False),
        (LIMIT, [], False),
        (LIMIT, [Money(100, "EUR")], False),
        (LIMIT, [Money(100.01, "EUR")], True),
        (LIMIT, [Money(1, "EUR"), Money(101, "EUR")], True),
        (LIMIT, [Money(199, "SEK")], False),
        (LIMIT, [Money(1001, "SEK")], True),
        (LIMIT, [Money(1, "XAU")], True),
        (LIMIT, [Money(math.nan, "EUR")], True),
        (LIMIT, [Money(math.nan, "SEK")], True),
        (Money(100, "USD"), [Money(99, "USD")], False),
        (Money(100, "USD"), [Money(101, "USD")], True),
        (Money(100, "USD"), [Money(1, "EUR")], True),
        (Money(100, "SEK"), [Money(9, "EUR")], False),
        (Money(100, "SEK"), [Money(11, "EUR")], True),
    ],
)
def test_amounts_above_the_limit_go_to_a_person(
    make: Any, limit: Money | None, amounts: list[Money], over: bool
) -> None:
    policy = make.policy({"max_amount": limit}, rates={"SEK": 0.1})
    turn = make.turn(policy=policy, classification=seen(amounts=tuple(amounts)))
    expected = (2, Reason.AMOUNT_OVER_LIMIT) if over else (0, None)
    decision = decide(policy, turn)
    assert (rank(decision), reason(decision)) == expected


@pytest.mark.parametrize(("score", "expected"), [(0.7, 0), (0.69, 2), (1.0, 0), (math.nan, 2)])
@pytest.mark.parametrize("sentence", [0, None])
def test_low_confidence_goes_to_a_person(
    make: Any,
    score: float,
    expected: int,
    sentence: int | None,
) -> None:
    policy = make.policy()
    turn = make.turn(policy=policy, findings=(make.claim(score, sentence=sentence),))
    decision = decide(policy, turn)
    assert rank(decision) == expected
    assert reason(decision) is (Reason.LOW_CONFIDENCE if expected else None)


@pytest.mark.parametrize(
    ("score", "sentence", "expected"),
    [
        (0.9, 0, Deliver),
        (0.5, 0, Rewrite),
        (math.nan, 0, Rewrite),
        (0.5, None, HandOff),
        (0.9, None, Deliver),
    ],
)
def test_where_sentences_may_be_left_out_each_stands_for_itself(
    make: Any,
    score: float,
    sentence: int | None,
    expected: type[Decision],
) -> None:
    policy = make.policy({"on_ungrounded": Action.REWRITE})
    found = (make.claim(score, sentence=sentence), make.claim(0.95, sentence=1))
    turn = make.turn(
        policy=policy, classification=seen(), findings=found, answers=(answer("A. ", "B."),)
    )
    decision = decide(policy, turn)
    assert isinstance(decision, expected)
    if isinstance(decision, Rewrite):
        assert decision.drop == {(0, 0)}


@pytest.mark.parametrize(
    ("action", "expected"), [(Action.ESCALATE, HandOff), (Action.REWRITE, Rewrite)]
)
def test_confidence_is_calibrated_before_it_is_compared(
    make: Any, action: Action, expected: type[Decision]
) -> None:
    timid = Calibration("timid", intents={"refund": -3.0})
    findings = (make.claim(0.8), make.claim(1.0, sentence=1))
    rule = {"on_ungrounded": action}
    turn = make.turn(classification=seen(), findings=findings, answers=(answer("A. ", "B."),))
    assert isinstance(decide(make.policy(rule), turn), Deliver)
    assert isinstance(decide(make.policy(rule, calibration=timid), turn), expected)


def consequence(kind: Reason, on_ungrounded: Action, action: Action | None, *, placed: bool) -> int:
    """Say in other words what a failed finding leads to."""
    if action is None:
        action = on_ungrounded if kind in UNGROUNDED else Action.ESCALATE
    if action is Action.REWRITE and not placed:
        action = Action.ESCALATE
    return {Action.REWRITE: 1, Action.ESCALATE: 2, Action.BLOCK: 3}[action]


@pytest.mark.parametrize("kind", Reason)
@pytest.mark.parametrize("action", [None, *Action])
@pytest.mark.parametrize("on_ungrounded", [Action.REWRITE, Action.ESCALATE])
@pytest.mark.parametrize("sentence", [1, None])
def test_a_failed_finding_leads_to_what_the_policy_says(
    make: Any,
    kind: Reason,
    action: Action | None,
    on_ungrounded: Action,
    sentence: int | None,
) -> None:
    actions = {} if action is None else {kind: action}
    policy = make.policy({"on_ungrounded": on_ungrounded}, actions=actions)
    turn = make.turn(
        policy=policy,
        classification=seen(),
        findings=(make.failure(kind, sentence),),
        answers=(answer("A. ", "B. "),),
    )
    decision = decide(policy, turn)
    expected = consequence(kind, on_ungrounded, action, placed=sentence is not None)
    assert rank(decision) == expected
    assert reason(decision) is kind
    assert not isinstance(decision, Rewrite) or decision.drop == {(0, 1)}


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.WARN])
@pytest.mark.parametrize("kind", [None, *Reason])
def test_only_failed_findings_have_consequences(
    make: Any, severity: Severity, kind: Reason | None
) -> None:
    policy = make.policy(actions=dict.fromkeys(Reason, Action.BLOCK))
    turn = make.turn(policy=policy, findings=(make.failure(kind, severity=severity),))
    assert rank(decide(policy, turn)) == 0


def test_a_failure_without_a_kind_is_a_failed_check(make: Any) -> None:
    decision = decide(make.policy(), make.turn(findings=(make.failure(None),)))
    assert reason(decision) is Reason.CHECK_FAILED


def test_the_strictest_proposal_wins_and_all_are_told(make: Any) -> None:
    policy = make.policy(
        {"automation": Automation.HUMAN, "on_ungrounded": Action.REWRITE},
        actions={Reason.PROMPT_ATTACK: Action.BLOCK},
    )
    found = (make.failure(Reason.NOT_IN_KB, aspect="number"), make.failure(Reason.PROMPT_ATTACK))
    decision = decide(policy, make.turn(policy=policy, classification=seen(), findings=found))
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.PROMPT_ATTACK
    assert decision.fired == (
        "intent refund goes to a person",
        "check: not_in_kb (number)",
        "check: prompt_attack",
    )


def test_rewrites_are_joined(make: Any) -> None:
    policy = make.policy({"on_ungrounded": Action.REWRITE})
    found = (make.failure(Reason.NOT_IN_KB, 0), make.failure(Reason.NOT_IN_KB, 2, choice=1))
    turn = make.turn(policy=policy, classification=seen(), findings=found)
    decision = decide(policy, turn)
    assert isinstance(decision, Rewrite)
    assert decision.drop == {(0, 0), (1, 2)}


@pytest.mark.parametrize(
    ("texts", "checkable", "finish", "expected"),
    [
        (("A. ", "B. "), True, "stop", Rewrite),
        (("A. ",), True, "stop", HandOff),
        (("A. ",), False, "stop", HandOff),
        (("A. ", "\n\n"), False, "stop", HandOff),
        (("A. ",), True, None, Rewrite),
    ],
)
def test_a_rewrite_that_leaves_nothing_is_a_handoff(
    make: Any,
    texts: tuple[str, ...],
    checkable: bool,
    finish: str | None,
    expected: type[Decision],
) -> None:
    policy = make.policy({"on_ungrounded": Action.REWRITE})
    turn = make.turn(
        policy=policy,
        classification=seen(),
        findings=(make.failure(Reason.NOT_IN_KB, 0),),
        answers=(answer(*texts, checkable=checkable, finish=finish),),
    )
    assert isinstance(decide(policy, turn), expected)


def test_unchecked_words_alone_are_no_answer(make: Any) -> None:
    policy = make.policy({"on_ungrounded": Action.REWRITE})
    hello, claim = answer("Hello! ", checkable=False).sentences[0], answer("It is 5 EUR.")
    turn = make.turn(
        policy=policy,
        classification=seen(),
        findings=(make.failure(Reason.NOT_IN_KB, 1),),
        answers=(replace(claim, sentences=(hello, *claim.sentences)),),
    )
    assert isinstance(decide(policy, turn), HandOff)


def test_every_rule_together_over_the_whole_table(make: Any) -> None:
    for automation, risk, amount, score in itertools.product(
        Automation, [None, *Automation], [50, 150], [0.9, 0.1]
    ):
        risks = {} if risk is None else {Risk.HARDSHIP: risk_rule(Risk.HARDSHIP, risk)}
        policy = make.policy({"automation": automation, "max_amount": LIMIT}, risks=risks)
        classification = seen(risks=dict.fromkeys(risks, 0.5), amounts=(Money(amount, "EUR"),))
        turn = make.turn(
            policy=policy, classification=classification, findings=(make.claim(score),)
        )
        quiet = (
            automation is Automation.AUTO
            and risk in (None, Automation.AUTO)
            and amount == 50
            and score == 0.9
        )
        assert rank(decide(policy, turn)) == (0 if quiet else 2)


def test_nothing_found_is_delivered(make: Any) -> None:
    assert isinstance(decide(make.policy(), make.turn()), Deliver)


maybe_sentence = st.none() | st.integers(0, 3)
claims = st.none() | st.builds(
    Claim,
    text=st.just(Redacted("c")),
    span=st.just((0, 1)),
    verdict=st.sampled_from(ClaimVerdict),
    score=st.floats(0, 1) | st.just(math.nan),
)
findings = st.builds(
    Finding,
    check=st.just("check"),
    kind=st.none() | st.sampled_from(Reason),
    severity=st.sampled_from(Severity),
    claim=claims,
    choice=st.integers(0, 1),
    sentence=maybe_sentence,
)
moneys = st.builds(Money, st.floats(0, 1e4), st.sampled_from(["EUR", "SEK", "JPY"]))
sentences = st.builds(
    Sentence,
    st.sampled_from([Redacted("A. "), Redacted("\n")]),
    st.just(0),
    checkable=st.booleans(),
)
answers = st.builds(
    Answer,
    choice=st.integers(0, 1),
    sentences=st.lists(sentences, max_size=4).map(tuple),
    finish_reason=st.sampled_from([None, "stop", "length"]),
)
classifications = st.none() | st.builds(
    Classification,
    intent=st.sampled_from(["refund", "other"]),
    score=st.just(0.5),
    risks=st.dictionaries(st.sampled_from(Risk), st.just(0.5), max_size=2),
    amounts=st.lists(moneys, max_size=2).map(tuple),
)


calibrations = st.just(IDENTITY) | st.builds(
    Calibration,
    label=st.just("any"),
    for_support=st.floats(0, 3),
    against=st.floats(0, 3),
    shift=st.floats(-3, 3),
    second=st.floats(0, 3),
    count=st.floats(0, 3),
    intents=st.dictionaries(st.just("refund"), st.floats(-3, 3)),
)


@st.composite
def policies(draw: st.DrawFn, make: Any) -> Policy:
    def rule(name: str) -> IntentRule:
        made: IntentRule = make.rule(
            name=name,
            automation=draw(st.sampled_from(Automation)),
            min_confidence=draw(st.floats(0, 1)),
            max_amount=draw(st.none() | moneys),
            on_ungrounded=draw(st.sampled_from([Action.REWRITE, Action.ESCALATE])),
        )
        return made

    risks = draw(st.dictionaries(st.sampled_from(Risk), st.sampled_from(Automation), max_size=3))
    policy: Policy = make.policy(
        intents={"refund": rule("refund")},
        fallback=rule("defaults"),
        risks={risk: risk_rule(risk, automation) for risk, automation in risks.items()},
        actions=draw(st.dictionaries(st.sampled_from(Reason), st.sampled_from(Action))),
        rates=draw(st.dictionaries(st.just("SEK"), st.floats(0.01, 10))),
        calibration=draw(calibrations),
    )
    return policy


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_further_finding_never_makes_a_decision_more_permissive(
    make: Any, data: st.DataObject
) -> None:
    policy = data.draw(policies(make))
    turn: Turn = make.turn(
        policy=policy,
        classification=data.draw(classifications),
        answers=tuple(data.draw(st.lists(answers, max_size=2, unique_by=lambda a: a.choice))),
        findings=tuple(data.draw(st.lists(findings, max_size=4))),
    )
    before = decide(policy, turn)
    after = decide(policy, turn.adding(data.draw(findings)))
    assert rank(after) >= rank(before)
    if isinstance(before, Rewrite) and isinstance(after, Rewrite):
        assert after.drop >= before.drop
    assert len(after.fired) >= len(before.fired)
