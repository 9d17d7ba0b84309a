r"""A handoff on the desk: who has it and how urgent it is. Values and protocols.

    open -> claimed -> resolved
              |  \--> released     (the bot has the conversation again)
              \<----- reassigned

A customer who comes back within the cool-down opens a closed one again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from policies.errors import HandrailError
from policies.policy import Priority
from policies.text import Redacted
from proxy.audit import Entry

ADMIN = "admin"
"""Who acts where no name was given: whoever holds the admin key."""
CREATED = "handoff.created"
UPDATED = "handoff.updated"
REPLIED = "handoff.replied"
RESOLVED = "handoff.resolved"
RELEASED = "handoff.released"

Order = Literal["newest", "urgent"]
Role = Literal["customer", "bot", "agent"]


class State(StrEnum):
    """Where a handoff is."""

    OPEN = "open"
    """In the queue; nobody has it, and the bot still answers."""
    CLAIMED = "claimed"
    """A person has the conversation; the bot is silent."""
    RESOLVED = "resolved"
    RELEASED = "released"
    """Given back to the bot without being resolved; it may be claimed again."""


ACTIVE = frozenset({State.OPEN, State.CLAIMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one handoff. Times are Unix times in seconds."""

    id: str
    """The handoff's."""
    tenant: str
    conversation_id: str
    """`unknown` where the bot named none."""
    reason: str
    owner: str
    queue: str
    opened_at: float
    state: State = State.OPEN
    version: int = 0
    """Counts changes: who changes an older version than the stored one has lost."""
    agent: str | None = None
    """Who has it, or had it last."""
    backup: str | None = None
    intent: str | None = None
    priority: Priority = Priority.NORMAL
    due_at: float | None = None
    """When the first answer of a person is due."""
    claimed_at: float | None = None
    replied_at: float | None = None
    """When a person first answered."""
    closed_at: float | None = None
    reopened: int = 0
    """How often the customer came back within the cool-down."""
    outcome: Mapping[str, Any] | None = None

    @property
    def active(self) -> bool:
        """Tell whether it still waits for a person."""
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Said:
    """A message that is added to a handoff; text with placeholders only."""

    role: Role
    text: Redacted
    key: str
    """The same for a repeated request: a message is kept once per handoff and key."""
    author: str | None = None
    kind: str | None = None
    """Of an agent's reply: `approved`, `edited` or `own`, as compared with the draft."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it is stored."""

    seq: int
    handoff_id: str
    role: str
    text: Redacted
    at: float
    author: str | None = None
    kind: str | None = None
    delivered_at: float | None = None
    """Of an agent's reply: when the customer got it."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is stored together with a change of a case, all or nothing."""

    at: float
    """Unix time in seconds."""
    entry: Entry | None = None
    said: tuple[Said, ...] = ()
    event: str | None = None
    """The type of an event for the sinks."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The event's data."""


class CaseError(HandrailError):
    """What was asked for is not possible in this state; the message says why and what to do."""

    def __init__(self, message: str, *, code: str = "conflict") -> None:
        """`code` is `not_found`, `conflict` or `forbidden`."""
        super().__init__(message)
        self.code = code


class CaseStore(Protocol):
    """Keeps cases and their messages beside the packets. Blocking; raises `StoreError`.

    A case is made by the record store, in the transaction that stores its packet.
    """

    def case(self, handoff_id: str) -> Case | None:
        """Return one case."""
        ...

    def current(self, tenant: str, conversation_id: str) -> Case | None:
        """Return the active case of a conversation, else the newest."""
        ...

    def cases(  # noqa: PLR0913 - filters, each with a default
        self,
        *,
        state: str | None = None,
        queue: str | None = None,
        owner: str | None = None,
        agent: str | None = None,
        order: Order = "newest",
        limit: int = 50,
        after: str | None = None,
    ) -> Sequence[Case]:
        """List cases: newest first, or most urgent first and among those by what is due.

        `after` is the last id of the page before; it needs the order `newest`.
        """
        ...

    def change(self, before: Case, after: Case, act: Act, sinks: Sequence[str] = ()) -> bool:
        """Replace `before` by `after` with all that `act` holds; False if somebody was quicker.

        Also False if the conversation has another active case, or a message is known.
        """
        ...

    def knows(self, handoff_id: str, key: str) -> bool:
        """Tell whether a message is kept already."""
        ...

    def messages(self, handoff_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Kept]:
        """List the messages of a handoff since it was opened, oldest first."""
        ...

    def last_said(self, handoff_id: str) -> Kept | None:
        """Return the customer's last message in a handoff."""
        ...

    def take(
        self, tenant: str, conversation_id: str, *, now: float, lease_s: float
    ) -> Sequence[Kept]:
        """Take the replies that the customer has not got; nobody else gets them for a while."""
        ...

    def delivered(self, seqs: Sequence[int], *, now: float) -> None:
        """Note that the customer has got these replies."""
        ...

    def give_back(self, seqs: Sequence[int]) -> None:
        """Undo `take`."""
        ...
