"""What leaves the pipeline towards the bot, in the order in which it leaves."""

from dataclasses import dataclass

from policies.errors import RequestError
from policies.turn import ToolCall, Turn


@dataclass(frozen=True, slots=True)
class Text:
    """Text of one choice, originals restored."""

    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """One whole tool call, originals restored in its arguments."""

    choice: int
    index: int
    call: ToolCall
    arguments: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Text for the `refusal` field: by the model, or an escalation where JSON was due."""

    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """All has left; the turn holds the verdict."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Failed:
    """The request is not answered."""

    error: RequestError
    turn: Turn


Event = Text | Call | Refusal | Closed | Failed
