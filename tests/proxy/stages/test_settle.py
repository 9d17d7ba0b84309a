from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.text import Redacted
from proxy.stages.settle import Settle


def judged(score: float, kind: Reason | None = None) -> Finding:
    verdict = ClaimVerdict.NOT_FOUND if kind else ClaimVerdict.SUPPORTED
    claim = Claim(Redacted("x"), (0, 1), verdict, score)
    severity = Severity.FAIL if kind else Severity.INFO
    return Finding("grounding", kind, severity, claim=claim, sentence=0)


@pytest.mark.parametrize(
    ("findings", "confidence", "decision"),
    [
        ((), None, Deliver),
        ((judged(0.9), judged(0.8)), 0.8, Deliver),
        ((judged(0.9), judged(0.5)), 0.5, HandOff),
        ((judged(0.9), judged(0.9, Reason.NOT_IN_KB)), 0.9, HandOff),
    ],
)
async def test_the_verdict_is_the_policy_s(
    make_turn: Any, findings: tuple[Finding, ...], confidence: float | None, decision: type
) -> None:
    turn = await Settle()(make_turn(findings=findings))
    assert turn.confidence == confidence
    assert isinstance(turn.decision, decision)


async def test_what_was_decided_before_stays(make_turn: Any) -> None:
    decided = Refuse(Reason.PROMPT_ATTACK)
    assert (await Settle()(make_turn(decision=decided))).decision is decided


async def test_a_utility_call_is_delivered(make_turn: Any) -> None:
    turn = make_turn(profile="utility", findings=(judged(0.1, Reason.NOT_IN_KB),))
    assert (await Settle()(turn)).decision == Deliver()
