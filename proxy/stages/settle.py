"""The verdict: confidence, decision."""

from dataclasses import dataclass

from policies.confidence import confidence
from policies.decide import decide
from policies.decision import Deliver
from policies.turn import Turn


@dataclass(slots=True)
class Settle:
    """Decide about the whole answer, unless that was done before a model was called."""

    name: str = "settle"

    async def __call__(self, turn: Turn) -> Turn:
        """Set confidence and decision."""
        if turn.profile == "utility":
            return turn.but(decision=turn.decision or Deliver())
        turn = turn.but(confidence=confidence(turn))
        return turn.but(decision=turn.decision or decide(turn.policy, turn))
