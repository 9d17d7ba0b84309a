"""What a request finds where its conversation was handed over before."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.findings import Reason
from policies.messages import Message, Role
from policies.text import Redacted


@dataclass(frozen=True, slots=True)
class Held:
    """The handoff of a conversation as it stood when the request came."""

    handoff_id: str
    queue: str
    reason: Reason
    """Why the conversation was handed over."""
    owned: bool = False
    """A person has it: the bot keeps silent."""
    waiting: bool = False
    """It is in the queue, and nobody has it yet: the bot goes on answering."""
    cooling: bool = False
    """It was given back to the bot a moment ago: a repeat opens it again."""
    last_said: Redacted | None = None
    """The last message of the customer that was added to the handoff."""
    replies: tuple[tuple[int, Redacted], ...] = ()
    """What people have answered and the customer has not seen: number and text."""

    @property
    def joins(self) -> bool:
        """Tell whether a further handover joins this handoff instead of opening another."""
        return self.owned or self.waiting or self.cooling


def news(conversation: Sequence[Message], held: Held | None) -> tuple[Message, ...]:
    """Return what a person has not dealt with yet; all of it where that can't be told.

    What a person has seen must not send the conversation back to them again and again. The
    last message of the customer is always news.
    """
    whole = tuple(conversation)
    if held is None or held.waiting or held.last_said is None:
        return whole
    asked = [n for n, message in enumerate(whole) if message.role is Role.USER]
    seen = (n for n in reversed(asked[:-1]) if whole[n].text == held.last_said)
    last = next(seen, None)
    return whole if last is None else whole[last + 1 :]
