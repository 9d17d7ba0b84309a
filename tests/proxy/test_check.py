"""Checking a given answer."""

from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from proxy.check import check_answer
from validators.base import Scope
from validators.run import Check


def asked(text: str = "returns: how long?") -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@pytest.mark.parametrize(
    ("intent", "answer", "decision"),
    [
        ("returns", "It is good.", Deliver),
        ("returns", "It is WRONG.", HandOff),
        ("trimming", "It is good. It is WRONG.", Rewrite),
        ("dispute", "It is good.", HandOff),
    ],
)
async def test_the_policy_decides_about_a_given_answer(
    lab: Any, intent: str, answer: str, decision: type
) -> None:
    turn = await check_answer(lab.snapshot, asked(), answer, intent=intent)
    assert isinstance(turn.decision, decision)
    assert turn.answers[0].text == answer


async def test_an_answer_agrees_with_what_the_pipeline_does(labs: Any, kit: Any) -> None:
    answer = "It is good. It is WRONG. It is good."
    lab = await labs(kit.says(answer))
    turn = await check_answer(lab.snapshot, asked("whole: x"), answer)
    await lab.ask("whole: x")
    [record] = await lab.records()
    assert record["reason"] == turn.decision.reason
    assert record["confidence"] == pytest.approx(turn.confidence)
    assert record["explanation"] == list(turn.decision.fired)


async def test_an_empty_answer_is_not_mistaken_for_the_question(lab: Any) -> None:
    turn = await check_answer(lab.snapshot, asked("returns: It is WRONG."), "")
    assert turn.question == "returns: It is WRONG."
    assert turn.answers[0].text == ""
    assert isinstance(turn.decision, Deliver)


async def test_names_agree_between_question_and_answer(labs: Any) -> None:
    lab = await labs(values={"Anna Berg": "PERSON"})
    turn = await check_answer(lab.snapshot, asked("returns: Anna Berg"), "Hello Anna Berg.")
    placeholder = turn.question.removeprefix("returns: ")
    assert turn.answers[0].text == f"Hello {placeholder}."


async def test_knowledge_can_be_left_out(lab: Any) -> None:
    found = await check_answer(lab.snapshot, asked("returns: 30 days?"), "It is good.")
    without = await check_answer(
        lab.snapshot, asked("returns: 30 days?"), "x", knowledge=False, context=["Only this."]
    )
    assert found.sources
    assert (without.sources, without.use_knowledge) == ((), False)
    assert [passage.text for passage in without.evidence] == ["Only this."]


async def test_question_checks_are_run_too(labs: Any, kit: Any) -> None:
    policy = kit.POLICY + '[findings]\nnot_in_kb = "block"\n'
    check = Check(kit.FakeCheck(Scope.QUESTION, "attack"))
    lab = await labs(policy=policy, checks=[check])
    turn = await check_answer(lab.snapshot, asked("returns: WRONG"), "It is good.")
    assert isinstance(turn.decision, Refuse)


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_bot_s_prompt_is_evidence_only_where_it_is_trusted(
    labs: Any, kit: Any, trusted: bool
) -> None:
    value = str(trusted).lower()
    swapped = kit.CONFIG.replace("watch = false", f"watch = false\ntrust_system_prompt = {value}")
    lab = await labs(base=swapped)
    messages = [{"role": "system", "content": "We open at nine."}, *asked()]
    turn = await check_answer(lab.snapshot, messages, "It is good.")
    assert bool(turn.evidence) is trusted
