"""What does the customer want, how risky is that, and may a bot answer at all?"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from policies.decide import decide
from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.findings import Finding, Reason, Severity
from policies.rules import may_draft
from policies.turn import Turn
from proxy.stages.seen import classified
from validators.base import IntentClassifier, Scope
from validators.run import Check, run_checks

Around = Callable[[Turn], Awaitable[Turn]]
"""Adds what is known besides the words."""

log = logging.getLogger("handrail.classify")


@dataclass(slots=True)
class Classify:
    """Recognise intent and risks, check the question, and stop where the policy says so."""

    classifier: IntentClassifier
    checks: Sequence[Check] = ()
    draft: bool = True
    """Where a person answers, let the model draft for them."""
    around: Around | None = None
    name: str = "classify"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the classification; set the decision if no model is to be called."""
        if turn.profile == "utility":
            return turn
        try:
            seen = await classified(self.classifier, turn)
        except Exception as error:  # noqa: BLE001 - whatever broke: nobody knows what this is about
            return self._unknown(turn, type(error).__name__)
        turn = turn.but(classification=seen)
        if self.around is not None:
            turn = await self.around(turn)
        if any(check.validator.scope is Scope.QUESTION for check in self.checks):
            found, runs = await run_checks(self.checks, Scope.QUESTION, turn.question, turn)
            turn = turn.adding(*found, checks=runs)
        decision = decide(turn.policy, turn)
        match decision:
            case Deliver() | Rewrite():
                return turn
            case HandOff() | Refuse() if turn.shadow:
                return turn
            case HandOff() if self.draft and may_draft(turn.policy, turn):
                return turn
            case HandOff() | Refuse():
                return turn.but(decision=decision)

    def _unknown(self, turn: Turn, error_type: str) -> Turn:
        """Hand off without calling a model: the intent could be one that forbids it."""
        log.error("turn %s could not be classified (%s)", turn.id, error_type)
        finding = Finding(
            check=self.name,
            kind=Reason.CHECK_FAILED,
            severity=Severity.FAIL,
            reason=f"the intent could not be recognised ({error_type})",
        )
        turn = turn.adding(finding)
        return turn if turn.shadow else turn.but(decision=decide(turn.policy, turn))
