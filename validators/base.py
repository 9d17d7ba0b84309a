"""The protocols that every check and its helpers satisfy: the plug-in reference.

A validator is one class in one file. It reports findings; it never blocks, edits text or
raises an HTTP error. If it raises anything, the runner turns that into a `check_failed`
finding and the policy says what follows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from policies.findings import Finding
from policies.knowledge import NO_SCOPE, Passage
from policies.messages import Message
from policies.text import Redacted
from policies.turn import NOTHING, Classification, Turn, Vault
from validators.budget import Ledger
from validators.offload import Offload


class Scope(StrEnum):
    """What a validator looks at, one call each."""

    QUESTION = "question"
    """The customer's last message, before any model is called."""
    SENTENCE = "sentence"
    """Each sentence of the answer, before it may leave."""
    ANSWER = "answer"
    """The whole answer: nothing leaves before its end."""


class Validator(Protocol):
    """One check."""

    name: str
    scope: Scope
    sends_text_out: bool
    """True if text leaves this process (a hosted judge, say)."""

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        """Look at `text` (with placeholders) and report.

        Spans are offsets into `text`. For SENTENCE scope `turn.answers` holds the
        sentences before this one; `turn.sources` holds the passages retrieved for the
        question and `turn.evidence` what came with the request.
        """
        ...


@dataclass(frozen=True, slots=True)
class PiiSpan:
    """One personal value found in a text."""

    start: int
    end: int
    type: str
    score: float
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Redaction:
    """Several texts of one conversation, redacted together."""

    texts: tuple[Redacted, ...]
    spans: tuple[tuple[PiiSpan, ...], ...]
    """Per text, offsets in the original."""
    vault: Vault

    @property
    def entities(self) -> Mapping[str, int]:
        """Number of values found, by type."""
        counts: dict[str, int] = {}
        for spans in self.spans:
            for span in spans:
                counts[span.type] = counts.get(span.type, 0) + 1
        return counts


class Redactor(Protocol):
    """Finds personal data and replaces it by placeholders."""

    async def redact(
        self,
        texts: Sequence[str],
        *,
        tenant: str,
        conversation_id: str | None,
        known: Mapping[str, str] = NOTHING,
        together: Sequence[Sequence[int]] = (),
    ) -> Redaction:
        """Redact all texts of one request.

        Equal values get equal placeholders within a tenant and conversation, two values
        never share one, those included that `known` (placeholder -> value) says were given
        out before. Each group in `together` holds the indices of texts that are read as
        one: a value that is split over them is one value. Raises `RedactionError` if
        anything at all goes wrong.
        """
        ...


class IntentClassifier(Protocol):
    """Recognises what the customer wants and how risky that is."""

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        """Classify the conversation, the last customer message first of all."""
        ...


class KnowledgeBase(Protocol):
    """The company's pages, searchable. Swapped atomically when they change."""

    @property
    def revision(self) -> str:
        """Hash of the content: equal content, equal revision."""
        ...

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        """Return the best passages, best first, internal ones too (see `audience`).

        Pages whose scope does not apply are left out. Blocking, milliseconds.
        """
        ...

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        """Return all passages of the given pages, for evals that name the page."""
        ...


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a language model answered to a check."""

    text: str
    cost_usd: float | None = None
    """None if the price or the usage is unknown."""
    tokens: int | None = None
    """Read and written together; None if the provider does not tell."""


class ModelTier(Protocol):
    """A tier of config.toml as a check may ask it."""

    @property
    def local(self) -> bool:
        """Whether all text stays within the trust zone, whichever model answers."""
        ...

    async def ask(
        self,
        instructions: str,
        text: Redacted,
        *,
        parameters: Mapping[str, float | str],
        timeout_s: float,
    ) -> ModelAnswer:
        """Return one short answer to `text`; longer ones are cut.

        `parameters` are fields of a chat completion request. Raises `UpstreamError`, after
        `timeout_s` at the latest.
        """
        ...

    def most(self, characters: int, tokens: int) -> float | None:
        """Return the most that a call of so many characters and answer tokens may cost, in USD.

        None if the price of a model is unknown.
        """
        ...


NO_MODELS: Mapping[str, ModelTier] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Services:
    """What a validator may be built with: `Class.build(services, options)`.

    A class without `build` is constructed with its options as keywords.
    """

    knowledge: KnowledgeBase
    offload: Offload
    passages: int = 8
    """How many passages to retrieve."""
    models: Mapping[str, ModelTier] = field(default_factory=lambda: NO_MODELS)
    """Tiers that hold a language model, by name."""
    ledger: Ledger = field(default_factory=Ledger)
    """What checks have spent with models; it outlives a reload."""
    timeout_ms: float = 2000
    """What the block of this validator allows for one text."""


@dataclass(frozen=True, slots=True)
class ValidatorConfig:
    """One `[[validators]]` block of config.toml."""

    name: str
    use: str
    mode: str = "enforce"
    """`enforce`, `shadow` (recorded, changes nothing) or `off`."""
    timeout_ms: float = 2000
    options: Mapping[str, object] = field(default_factory=dict)
