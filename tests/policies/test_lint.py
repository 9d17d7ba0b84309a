from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import policies
from policies.calibration import Calibration
from policies.hours import Hours, parse_spans, zone
from policies.lint import lint
from policies.load import load_policy
from policies.policy import (
    Automation,
    Condition,
    Money,
    Policy,
    Repeat,
    Risk,
    RiskRule,
    Routing,
    Texts,
)

HUMAN = Automation.HUMAN
REFUND, ANGRY = frozenset({"refund"}), frozenset({Risk.ANGRY})


def quiet(make: Any, rule: dict[str, Any] | None = None, **changes: Any) -> Policy:
    """A policy about which there is nothing to say."""
    risks = {r: RiskRule(r, (), Automation.AUTO, Routing(), None) for r in Risk}
    policy: Policy = make.policy({"examples": ("money back",), **(rule or {})}, risks=risks)
    return replace(policy, **changes)


def said(policy: Policy) -> list[str]:
    return [f"{key}: {why}" for key, why in lint(policy)]


def test_the_shipped_policy_is_quiet() -> None:
    assert said(load_policy(Path(policies.__file__).parent / "support.toml")) == []


def test_a_plain_policy_is_quiet(make: Any) -> None:
    assert said(quiet(make)) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"examples": ()}, "intents.refund.examples: has none"),
        ({"min_confidence": 0.0}, "every confidence meets it"),
        ({"max_amount": Money(5, "XAU")}, "XAU has no rate"),
        ({"max_amount": Money(5, "EUR"), "automation": HUMAN}, "a person answers anyway"),
        ({"escalation_text": Texts({"de": "Hallo"})}, "has no text in en"),
    ],
)
def test_an_intent_that_says_nothing_is_told(make: Any, rule: dict[str, Any], words: str) -> None:
    (found,) = said(quiet(make, rule))
    assert words in found


def test_a_threshold_beyond_the_calibration_is_told(make: Any) -> None:
    flat = Calibration("flat", for_support=0.0, against=0.0)
    (found,) = said(quiet(make, calibration=flat))
    assert "can't be reached" in found
    assert "0.50" in found


def test_a_risk_that_leads_nowhere_is_told(make: Any) -> None:
    policy = quiet(make)
    fewer = {r: rule for r, rule in policy.risks.items() if r is not Risk.HARDSHIP}
    (found,) = said(replace(policy, risks=fewer))
    assert found.startswith("risks.hardship:")
    row = Condition("row", HUMAN, risks=frozenset({Risk.HARDSHIP}))
    assert said(replace(policy, risks=fewer, conditions=(row,))) == []


OPEN_ALWAYS = Hours(zone("UTC"), {day: parse_spans("00:00-24:00") for day in range(7)})
NEVER_OPEN = Hours(zone("UTC"))


@pytest.mark.parametrize(
    ("row", "more", "words"),
    [
        (Condition("r", HUMAN, intents=frozenset({"gone"})), {}, "is ever recognised"),
        (Condition("r", HUMAN, hours="open"), {"hours": NEVER_OPEN}, "names no day"),
        (Condition("r", HUMAN, hours="closed"), {"hours": OPEN_ALWAYS}, "never closes"),
        (Condition("r", min_confidence=0.6, intents=REFUND), {}, "as strict by themselves"),
        (Condition("r", HUMAN, contacts_from=4), {"repeat": Repeat(3)}, "[repeat] is as strict"),
        (
            Condition("r", HUMAN, contacts_from=3, intents=REFUND),
            {"repeat": Repeat(3, 14, frozenset({"hello"}))},
            "[repeat] is as strict",
        ),
    ],
)
def test_a_row_without_effect_is_told(
    make: Any, row: Condition, more: dict[str, Any], words: str
) -> None:
    (found,) = said(quiet(make, conditions=(row,), **more))
    assert found.startswith("rules[0]: rule 'r'")
    assert words in found


@pytest.mark.parametrize(
    ("row", "more"),
    [
        (Condition("r", HUMAN, intents=REFUND, contacts_from=2), {"repeat": Repeat(3)}),
        (Condition("r", HUMAN, contacts_from=4), {"repeat": Repeat(3, 14, REFUND)}),
        (Condition("r", min_confidence=0.9, intents=REFUND), {}),
        (Condition("r", HUMAN, risks=ANGRY), {}),
        (Condition("r", HUMAN, hours="closed"), {"hours": NEVER_OPEN}),
    ],
)
def test_a_row_with_effect_is_not(make: Any, row: Condition, more: dict[str, Any]) -> None:
    assert said(quiet(make, conditions=(row,), **more)) == []


def test_a_row_that_its_risk_outdoes_is_told(make: Any) -> None:
    policy = quiet(make, conditions=(Condition("r", HUMAN, risks=ANGRY),))
    risks = {**policy.risks, Risk.ANGRY: replace(policy.risks[Risk.ANGRY], automation=HUMAN)}
    (found,) = said(replace(policy, risks=risks))
    assert "its risks are as strict" in found


WIDE = Condition("wide", HUMAN, risks=ANGRY, contacts_from=2)


@pytest.mark.parametrize(
    ("narrow", "superfluous"),
    [
        (replace(WIDE, name="n"), True),
        (replace(WIDE, name="n", contacts_from=3), True),
        (replace(WIDE, name="n", intents=REFUND), True),
        (replace(WIDE, name="n", sentiment_below=-0.5), True),
        (replace(WIDE, name="n", channels=frozenset({"sms"})), True),
        (replace(WIDE, name="n", amount_above=Money(5, "EUR")), True),
        (replace(WIDE, name="n", automation=Automation.IMMEDIATE, contacts_from=5), False),
        (replace(WIDE, name="n", min_confidence=0.9, contacts_from=5), False),
        (replace(WIDE, name="n", routing=Routing("legal")), None),
        (replace(WIDE, name="n", risks=frozenset({Risk.ANGRY, Risk.HARDSHIP})), None),
        (replace(WIDE, name="n", contacts_from=None), None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_row_within_a_wider_one_is_told(
    make: Any, narrow: Condition, superfluous: bool | None, first: bool
) -> None:
    rows = (narrow, WIDE) if first else (WIDE, narrow)
    found = said(quiet(make, conditions=rows))
    if superfluous is False:
        assert found == []
        return
    (line,) = found
    assert "is as strict and wider" in line
    if superfluous is None:
        assert "rule 'wide' never decides" in line
