"""What the model has said so far, choice by choice. Mutable, private to one gate."""

import re
import secrets
from dataclasses import dataclass, field

from policies.sentences import SentenceSplitter
from policies.text import Redacted
from policies.turn import ToolCall
from proxy.models.base import ToolDelta
from proxy.stream.screen import MAX_CHARACTERS

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


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
        self.kind = "custom" if delta.kind == "custom" else "function"
        self.legacy = delta.legacy
        self.arguments.append(delta.arguments)

    def done(self) -> ToolCall:
        """Return the whole call; an id that could be text is replaced by a made one."""
        arguments = Redacted("".join(self.arguments))
        known = self.id if _ID.fullmatch(self.id) else f"call_{secrets.token_hex(12)}"
        return ToolCall(known, self.name, arguments, self.kind, self.legacy)


@dataclass(slots=True)
class ChoiceDraft:
    """One choice as its pieces arrive."""

    splitter: SentenceSplitter = field(default_factory=SentenceSplitter)
    calls: dict[int, CallDraft] = field(default_factory=dict)
    refusals: SentenceSplitter = field(default_factory=SentenceSplitter)
    """Cuts the model's own refusal."""
    refusal: list[str] = field(default_factory=list)
    """Finished sentences of the refusal, or its pieces where nothing is checked."""
    length: int = 0
    """Characters in finished sentences."""
    room: int = MAX_CHARACTERS
    """Characters that may still arrive, text and refusal together."""
    overflown: bool = False
    """There was more than could be checked; nothing of the choice is checked any more."""

    def fits(self, text: str) -> str:
        """Return as much of the next text as can be checked."""
        kept = text[: self.room]
        self.room -= len(kept)
        return kept

    def call(self, delta: ToolDelta) -> None:
        """Append to a tool call."""
        self.calls.setdefault(delta.index, CallDraft()).add(delta)
