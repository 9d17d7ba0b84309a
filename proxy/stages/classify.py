"""What does the customer want, how risky is that, and may a bot answer at all?"""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.decide import decide
from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.policy import Automation
from policies.turn import Turn
from validators.base import IntentClassifier, Scope
from validators.run import Check, run_checks


@dataclass(slots=True)
class Classify:
    """Recognise intent and risks, check the question, and stop where the policy says so."""

    classifier: IntentClassifier
    checks: Sequence[Check] = ()
    draft: bool = True
    """Where a person answers, let the model draft for them."""
    name: str = "classify"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the classification; set the decision if no model is to be called."""
        if turn.profile == "utility":
            return turn
        turn = turn.but(classification=await self.classifier.classify(turn.conversation))
        if any(check.validator.scope is Scope.QUESTION for check in self.checks):
            found, runs = await run_checks(self.checks, Scope.QUESTION, turn.question, turn)
            turn = turn.adding(*found, checks=runs)
        decision = decide(turn.policy, turn)
        match decision:
            case Deliver() | Rewrite():
                return turn
            case HandOff() | Refuse() if turn.shadow:
                return turn
            case HandOff() if self.draft and turn.automation is not Automation.IMMEDIATE:
                return turn
            case HandOff() | Refuse():
                return turn.but(decision=decision)
