"""What the model has said so far, choice by choice. Mutable, private to one gate."""

from dataclasses import dataclass, field

from policies.sentences import SentenceSplitter
from policies.text import Redacted
from policies.turn import ToolCall
from proxy.models.base import ToolDelta


@dataclass(slots=True)
class CallDraft:
    """One tool call as its pieces arrive."""

    id: str = ""
    name: str = ""
    kind: str = "function"
    legacy: bool = False
    arguments: list[str] = field(default_factory=list)

    def add(self, delta: ToolDelta) -> None:
        """Append a piece; id and name arrive once."""
        self.id = self.id or delta.id
        self.name = self.name or delta.name
        self.kind = delta.kind
        self.legacy = delta.legacy
        self.arguments.append(delta.arguments)

    def done(self) -> ToolCall:
        """Return the whole call."""
        arguments = Redacted("".join(self.arguments))
        return ToolCall(self.id, self.name, arguments, self.kind, self.legacy)


@dataclass(slots=True)
class ChoiceDraft:
    """One choice as its pieces arrive."""

    splitter: SentenceSplitter = field(default_factory=SentenceSplitter)
    calls: dict[int, CallDraft] = field(default_factory=dict)
    refusal: list[str] = field(default_factory=list)
    length: int = 0
    """Characters in finished sentences."""

    def call(self, delta: ToolDelta) -> None:
        """Append to a tool call."""
        self.calls.setdefault(delta.index, CallDraft()).add(delta)
