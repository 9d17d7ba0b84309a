"""A conversation as the checks see it: text with placeholders, role by role."""

from dataclasses import dataclass
from enum import StrEnum

from policies.text import Redacted


class Role(StrEnum):
    """Who speaks, by OpenAI's names; `function` is read as `tool`."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, all its text parts joined by newlines."""

    role: Role
    text: Redacted
    tool_call: bool = False
    """The text is the arguments of a tool call that the assistant made."""
