from collections.abc import Mapping

import pytest

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
from policies.routing import routing
from policies.text import Raw
from policies.turn import Classification, Turn

PLAIN = Routing("support", "first-line", (), Priority.NORMAL, 240)
CARE = Routing("care", "care-1", ("calm",), Priority.HIGH, 60)
LEGAL = Routing("legal", "legal-1", (), Priority.NORMAL, 480)


def turn(intent: Automation, risks: Mapping[Risk, tuple[Automation, Routing]]) -> Turn:
    rule = IntentRule(
        "returns", (), intent, 0.7, None, Release.SENTENCE, Action.ESCALATE, False, None,
        PLAIN, Texts({}),
    )  # fmt: skip
    policy = Policy(
        id="p",
        version="1",
        intents={"returns": rule},
        fallback=rule,
        risks={r: RiskRule(r, (), a, where, None) for r, (a, where) in risks.items()},
    )
    seen = Classification("returns", 0.9, risks=dict.fromkeys(risks, 0.9))
    return Turn(
        id="hr_1", request_id="r", created=0.0, received=Raw(None), policy=policy,
        classification=seen,
    )  # fmt: skip


def test_without_risks_the_intent_decides() -> None:
    assert routing(turn(Automation.AUTO, {})) == (PLAIN, "intent returns")


@pytest.mark.parametrize("automation", [Automation.HUMAN, Automation.IMMEDIATE])
def test_a_stricter_risk_decides_the_place(automation: Automation) -> None:
    where, rule = routing(turn(Automation.AUTO, {Risk.HARDSHIP: (automation, CARE)}))
    assert (where, rule) == (CARE, "risk hardship")


def test_the_place_of_the_strictest_and_the_urgency_of_the_most_urgent() -> None:
    risks = {
        Risk.HARDSHIP: (Automation.HUMAN, CARE),
        Risk.LEGAL_THREAT: (Automation.IMMEDIATE, LEGAL),
    }
    where, rule = routing(turn(Automation.AUTO, risks))
    assert (where.owner, rule) == ("legal", "risk legal_threat")
    assert (where.priority, where.sla_minutes) == (Priority.HIGH, 60)
