"""Turns as the wire formats meet them."""

from dataclasses import replace
from typing import Any

import pytest

from policies.findings import Claim, ClaimVerdict, Finding, Severity
from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from policies.text import Raw, Redacted
from policies.turn import Turn

RULE = IntentRule(
    name="defaults",
    examples=(),
    automation=Automation.AUTO,
    min_confidence=0.7,
    max_amount=None,
    release=Release.SENTENCE,
    on_ungrounded=Action.ESCALATE,
    cache=True,
    tier=None,
    routing=Routing(),
    escalation_text=Texts({}),
)
POLICY = Policy(id="shop", version="v1", intents={}, fallback=RULE, risks={})
SUPPORTED = Finding(
    "grounding",
    None,
    Severity.INFO,
    claim=Claim(Redacted("It holds."), (0, 9), ClaimVerdict.SUPPORTED, 0.9),
)


class Maker:
    """Makes one thing of each kind."""

    supported = SUPPORTED

    def policy(self, **changes: Any) -> Policy:
        return replace(POLICY, **changes)

    def turn(self, **changes: Any) -> Turn:
        given = {"policy": POLICY, "received": Raw(None), **changes}
        return Turn(id="hr_1", request_id="req_1", created=1.0, **given)


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()
