"""What of a turn is added to a handoff that the conversation has already. Pure."""

from collections.abc import Iterator

from policies.decision import Deliver, Rewrite
from policies.messages import Role
from policies.policy import Automation
from policies.text import Redacted
from policies.turn import Turn
from proxy.handoff.case import Said
from proxy.handoff.ids import idempotency_key
from proxy.handoff.packet import MAX_TEXT
from proxy.records.views import shortened


def asked(turn: Turn, key: bytes) -> tuple[Said, ...]:
    """Return the customer's message, once however often the request is repeated.

    A turn that ends with a tool's result brings no message: that one was added before.
    """
    last = turn.conversation[-1] if turn.conversation else None
    if last is None or last.role is not Role.USER or not last.text.strip():
        return ()
    text = Redacted(shortened(last.text, MAX_TEXT))
    return (Said("customer", text, idempotency_key(turn, key)),)


def exchanged(turn: Turn, key: bytes) -> tuple[Said, ...]:
    """Return the customer's message and what the bot answered to it."""
    text = Redacted(shortened("\n\n".join(_answered(turn)), MAX_TEXT))
    if not text.strip():
        return asked(turn, key)
    return (*asked(turn, key), Said("bot", text, f"{idempotency_key(turn, key)}:bot"))


def urgent(turn: Turn) -> bool:
    """Tell whether the policy has words of its own for this turn that can't wait."""
    return turn.classification is not None and turn.automation is Automation.IMMEDIATE


def _answered(turn: Turn) -> Iterator[str]:
    """The answer as it leaves: without the sentences that are left out."""
    if not isinstance(turn.decision, Deliver | Rewrite):
        return
    drop = turn.decision.drop if isinstance(turn.decision, Rewrite) else frozenset()
    for answer in turn.answers[:1]:
        kept = (s.text for n, s in enumerate(answer.sentences) if (answer.choice, n) not in drop)
        yield "".join(kept)
