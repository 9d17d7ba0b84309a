from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import CheckRun, Outcome, Reason
from policies.messages import Message, Role
from policies.policy import Automation, Release, Risk, RiskRule, Routing
from policies.text import Redacted
from policies.turn import Answer, Classification, Sentence, Vault

values = st.dictionaries(st.text(), st.text())


@given(values, values)
def test_a_vault_is_a_mapping_that_can_only_grow(old: dict[str, str], new: dict[str, str]) -> None:
    vault = Vault(old)
    both = vault.merged(new)
    assert dict(both) == {**old, **new}
    assert dict(vault) == old
    assert len(both) == len({*old, *new})


def test_a_vault_keeps_its_own_copy() -> None:
    values = {"[PERSON_k7q2]": "Jane"}
    vault = Vault(values)
    values.clear()
    assert vault["[PERSON_k7q2]"] == "Jane"
    assert "[PERSON_zzzz]" not in vault


def test_an_unknown_placeholder_is_named_in_the_error_and_no_value() -> None:
    with pytest.raises(KeyError) as raised:
        Vault({"[PERSON_k7q2]": "Jane"})["[PERSON_zzzz]"]
    assert "Jane" not in str(raised.value)


def test_a_turn_changes_by_copy(make: Any) -> None:
    turn = make.turn()
    assert turn.but(tier="small").tier == "small"
    assert turn.tier is None
    with pytest.raises(FrozenInstanceError):
        turn.tier = "small"


def test_findings_are_only_added(make: Any) -> None:
    run = CheckRun("a", "sentence", Outcome.PASS, 1.0)
    first, second = make.failure(Reason.NOT_IN_KB), make.claim(0.9)
    turn = make.turn().adding(first).adding(second, checks=(run,))
    assert turn.findings == (first, second)
    assert turn.checks == (run,)
    assert turn.claims == (second.claim,)


def test_marks_add_up(make: Any) -> None:
    turn = make.turn().marked("check", 2.0).marked("check", 3.0).marked("redact", 1.0)
    assert turn.marks == {"check": 5.0, "redact": 1.0}


def test_the_question_is_what_the_customer_said_last(make: Any) -> None:
    def said(*messages: tuple[Role, str]) -> str:
        conversation = tuple(Message(role, Redacted(text)) for role, text in messages)
        return str(make.turn(conversation=conversation).question)

    assert said() == ""
    assert said((Role.SYSTEM, "You help.")) == ""
    assert said((Role.USER, "one"), (Role.USER, "two"), (Role.TOOL, "three")) == "two"


def test_an_answer_tells_what_has_left() -> None:
    answer = Answer(
        sentences=(
            Sentence(Redacted("A. "), 0, released=True),
            Sentence(Redacted("B. "), 3),
            Sentence(Redacted("C."), 6, released=True),
        )
    )
    assert answer.text == "A. B. C."
    assert answer.released == "A. C."


@pytest.mark.parametrize("intent", Automation)
@pytest.mark.parametrize("risk", [None, *Automation])
@pytest.mark.parametrize("covered", [True, False])
def test_the_strictest_automation_counts(
    make: Any, intent: Automation, risk: Automation | None, covered: bool
) -> None:
    rules = {}
    if risk is not None and covered:
        rules[Risk.ANGRY] = RiskRule(Risk.ANGRY, (), risk, Routing(), None)
    seen = Classification("refund", 0.9, risks={} if risk is None else {Risk.ANGRY: 0.4})
    policy = make.policy({"automation": intent}, risks=rules)
    turn = make.turn(policy=policy, classification=seen)
    order = [Automation.AUTO, Automation.HUMAN, Automation.IMMEDIATE]
    levels = [intent, *(rule.automation for rule in rules.values())]
    assert turn.automation is order[max(map(order.index, levels))]
    if turn.automation is not Automation.AUTO:
        assert turn.release is Release.ANSWER


def test_an_unclassified_turn_follows_the_defaults(make: Any) -> None:
    policy = make.policy(fallback=make.rule(automation=Automation.HUMAN))
    assert make.turn(policy=policy).automation is Automation.HUMAN
    assert make.turn(policy=policy).intent is None


@pytest.mark.parametrize(
    ("changes", "rule", "expected"),
    [
        ({}, {}, Release.SENTENCE),
        ({}, {"release": Release.ANSWER}, Release.ANSWER),
        ({"structured": True}, {}, Release.ANSWER),
        ({"choices": 2}, {}, Release.ANSWER),
    ],
)
def test_whole_answers_are_awaited_where_a_sentence_is_not_enough(
    make: Any, changes: dict[str, Any], rule: dict[str, Any], expected: Release
) -> None:
    seen = Classification("refund", 0.9)
    turn = make.turn(policy=make.policy(rule), classification=seen, **changes)
    assert turn.release is expected


def test_a_vault_knows_what_is_the_customer_s_own() -> None:
    vault = Vault({"[A_a2aa]": "x", "[B_b2bb]": "y"}, ["[A_a2aa]"])
    both = vault.merged(Vault({"[C_c2cc]": "z", "[B_b2bb]": "w"}, ["[C_c2cc]"]))
    assert dict(both) == {"[A_a2aa]": "x", "[B_b2bb]": "w", "[C_c2cc]": "z"}
    assert both.own == {"[A_a2aa]", "[C_c2cc]"}
    less = both.without({"[A_a2aa]"})
    assert (set(less), less.own) == ({"[B_b2bb]", "[C_c2cc]"}, {"[C_c2cc]"})
    assert vault.merged({"[D_d2dd]": "plain"}).own == vault.own
