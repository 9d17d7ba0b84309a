"""Small policies, turns and findings, with every part open to change."""

from dataclasses import replace
from typing import Any

import pytest

from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
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
    escalation_text=Texts({"en": "A person answers."}),
)


class Maker:
    """Makes one thing of each kind."""

    def rule(self, **changes: Any) -> IntentRule:
        return replace(RULE, **changes)

    def policy(self, rule: dict[str, Any] | None = None, **changes: Any) -> Policy:
        """A policy with one intent, `refund`; `rule` changes it, the rest the policy."""
        intents = {"refund": replace(RULE, **{"name": "refund", **(rule or {})})}
        given = {"intents": intents, "fallback": RULE, "risks": {}, **changes}
        return Policy(id="test", version="v1", **given)

    def turn(self, **changes: Any) -> Turn:
        given = {"policy": self.policy(), "received": Raw(None), "created": 0.0, **changes}
        return Turn(id="hr_1", request_id="req_1", **given)

    def claim(
        self,
        score: float,
        verdict: ClaimVerdict = ClaimVerdict.SUPPORTED,
        sentence: int | None = 0,
    ) -> Finding:
        """A claim that was judged, as a finding without further consequence."""
        claim = Claim(Redacted("It holds."), (0, 9), verdict, score)
        return Finding("grounding", None, Severity.INFO, claim=claim, sentence=sentence)

    def failure(self, kind: Reason | None, sentence: int | None = 0, **changes: Any) -> Finding:
        return replace(Finding("check", kind, Severity.FAIL, sentence=sentence), **changes)


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()
