"""What a model client gives: a stream of small events, whatever the provider speaks."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

SCOPE = "handrail_scope"
"""Key of a request that tells the embedded provider whose pages apply; it never leaves."""

NOT_FOUND = "not_found"
"""Finish reason of the embedded provider alone: the pages say nothing about the question."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The provider has begun to answer."""

    id: str = ""
    model: str = ""
    created: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    """`system_fingerprint`, `service_tier`: copied to the answer as they are."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of one choice, with placeholders."""

    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """More text of a refusal by the model itself."""

    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolDelta:
    """More of one tool call; `arguments` is appended, the other fields arrive once."""

    choice: int
    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    kind: str = "function"
    legacy: bool = False
    """True for the deprecated `function_call` shape."""


NOT_FOUND = "not_found"
"""The finish reason of the embedded extractive model when the pages hold no answer."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One choice is complete."""

    choice: int
    reason: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Tokens used, in the shape of OpenAI's `usage` object."""

    usage: Mapping[str, Any]


ModelEvent = Opened | TextDelta | RefusalDelta | ToolDelta | Finished | UsageReport


class ModelClient(Protocol):
    """One provider of models."""

    provider: str
    """The name in config.toml."""
    system: str
    """`gen_ai.provider.name`: `openai`, `anthropic`, `extractive`, ..."""
    local: bool
    """No text leaves this machine's process or trust zone."""

    def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Send the redacted request body to `model` and yield what comes back.

        `request` has the shape of a chat completion request; `model` and credentials are
        the client's to set. `request["stream"]` says how the bot asked; the client may
        use either form upstream. Raises `UpstreamError`; a stream that ends before each
        choice has finished is an `UpstreamError` of kind `protocol` too. Closing the
        iterator closes the upstream call. `timeout_s` bounds the time to the first event
        and the silence between two.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
