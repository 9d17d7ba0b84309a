"""How urgent a customer is: by the policy's rules, and by how they feel. Pure."""

from policies.findings import Reason
from policies.policy import Priority, Risk
from policies.routing import routing
from policies.turn import Turn
from proxy.handoff.moves import Urgency

FURIOUS = -0.6
"""Sentiment from which a handoff moves up; a weak signal, so only its far end counts."""


def frustrated(turn: Turn) -> bool:
    """Tell whether the customer is angry, by the risk label, the mood or the decision."""
    seen = turn.classification
    angry = seen is not None and (Risk.ANGRY in seen.risks or seen.sentiment <= FURIOUS)
    return angry or getattr(turn.decision, "reason", None) is Reason.FRUSTRATION


def priority_of(turn: Turn) -> Priority:
    """Return what the policy says about intent and risks, one step higher for who is angry."""
    goes_to, _ = routing(turn)
    order = list(Priority)
    step = order.index(goes_to.priority) + frustrated(turn)
    return order[min(step, len(order) - 1)]


def urgency_of(turn: Turn, now: float) -> Urgency:
    """Return what a turn adds to the handoff that it joins; `now` is Unix time in seconds."""
    goes_to, _ = routing(turn)
    return Urgency(
        priority=priority_of(turn),
        due_at=now + 60.0 * goes_to.sla_minutes,
        by_policy=goes_to.priority,
        owner=goes_to.owner,
        queue=goes_to.queue,
        backup=goes_to.backup,
    )
