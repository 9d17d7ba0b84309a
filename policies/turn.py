"""The one value that flows through everything.

A stage takes a `Turn` and returns a changed copy (`turn.but(...)`); nobody mutates it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

from policies import rules
from policies.decision import Decision
from policies.findings import CheckRun, Claim, Finding
from policies.held import Held
from policies.knowledge import Passage
from policies.messages import Message, Role
from policies.policy import Automation, Money, Policy, Release, Risk
from policies.text import Raw, Redacted

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_TEXT = Redacted("")


class Vault(Mapping[str, str]):
    """Placeholder -> original value, for one conversation. Its repr hides the values."""

    __slots__ = ("_values", "own")

    def __init__(self, values: Mapping[str, str] | None = None, own: Iterable[str] = ()) -> None:
        """Copy `values`; `own` names the placeholders of what the customer said or is."""
        self._values = dict(values or {})
        self.own = frozenset(own)

    def __getitem__(self, placeholder: str) -> str:
        """Return the original value."""
        return self._values[placeholder]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the placeholders."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of placeholders."""
        return len(self._values)

    def __repr__(self) -> str:
        """Show how many, never what."""
        return f"Vault(<{len(self)} values>)"

    def merged(self, other: Mapping[str, str]) -> "Vault":
        """Return a vault that holds both; where they differ, the value of `other`."""
        own = other.own if isinstance(other, Vault) else frozenset[str]()
        return Vault({**self._values, **other}, self.own | own)

    def without(self, placeholders: Collection[str]) -> "Vault":
        """Return a vault that lacks some placeholders."""
        kept = {name: value for name, value in self._values.items() if name not in placeholders}
        return Vault(kept, self.own.difference(placeholders))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: one key of one bot of one tenant."""

    bot: str = "default"
    tenant: str = "default"
    key_id: str = "anonymous"
    """Public part of the key's identity; never the key."""
    allow_shadow: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """What the customer wants and how risky that is."""

    intent: str
    score: float
    """Calibrated probability of the intent, 0..1."""
    in_scope: bool = True
    alternatives: tuple[tuple[str, float], ...] = ()
    risks: Mapping[Risk, float] = field(default_factory=dict)
    sentiment: float = 0.0
    """-1 (furious) .. 1 (delighted); a weak signal."""
    amounts: tuple[Money, ...] = ()
    language: str | None = None
    """ISO 639 code of what the customer writes; None where the text is too short to tell."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call that the model made; arguments hold placeholders."""

    id: str
    name: str
    arguments: Redacted
    kind: str = "function"
    legacy: bool = False
    """True for the deprecated `function_call` shape."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, with the white space that follows it."""

    text: Redacted
    start: int
    released: bool = False
    checkable: bool = False
    """It holds at least one claim that was judged."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice of the model, as far as it has arrived."""

    choice: int = 0
    sentences: tuple[Sentence, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: Redacted = NO_TEXT
    finish_reason: str | None = None

    @property
    def text(self) -> Redacted:
        """The whole draft."""
        return Redacted("".join(s.text for s in self.sentences))

    @property
    def released(self) -> Redacted:
        """What has left already."""
        return Redacted("".join(s.text for s in self.sentences if s.released))


@dataclass(frozen=True, slots=True)
class Served:
    """Which model answered, and what it used."""

    provider: str = ""
    model: str = ""
    """The name in config.toml."""
    upstream_model: str = ""
    """The name that the provider gave in its answer."""
    attempts: int = 0
    usage: Mapping[str, Any] = field(default_factory=dict)
    cost_usd: float | None = None
    error: str | None = None
    """Kind of the last failure if no model answered."""


@dataclass(frozen=True, slots=True)
class CacheUse:
    """What the answer cache did for this turn."""

    status: str = "bypass"
    """`hit`, `miss`, `bypass` or `store`."""
    key: str | None = None
    entry_id: str | None = None
    age_s: float | None = None
    kind: str | None = None
    """Of a hit: `exact` or `fuzzy`."""
    judged: tuple[str, ...] = ()
    """Checks whose verdict on the stored answer still stands: they need not run again."""


@dataclass(frozen=True, slots=True)
class HandoffRef:
    """A stored handoff."""

    id: str
    status: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request on its way through the pipeline, and all that is known about it."""

    id: str
    """Public id, `hr_...`; header X-Handrail-Id."""
    request_id: str
    created: float
    """Unix time in seconds."""
    received: Raw
    """The request body as it arrived. Never logged, never leaves."""
    authorization: Raw = field(default_factory=lambda: Raw(None))
    """The bearer key as it arrived."""
    route: str = "chat"
    alias: str = ""
    """What the bot sent as `model`."""
    profile: str = "support"
    """`support` (all checks) or `utility` (redact, restore, trace)."""
    stream: bool = False
    choices: int = 1
    structured: bool = False
    """The bot demanded JSON: escalation goes into `refusal`."""
    trace_id: str = ""
    span_id: str = ""
    traceparent: str | None = None
    config_hash: str = ""

    conversation_id: str | None = None
    customer_ref: str | None = None
    locale: str | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    shadow: bool = False
    """Checks record what they would have done; the answer is not changed."""

    caller: Caller = field(default_factory=Caller)
    policy: Policy
    request: Mapping[str, Any] = field(default_factory=dict)
    """The redacted request body, ready for a provider."""
    conversation: tuple[Message, ...] = ()
    """The redacted messages, oldest first."""
    evidence: tuple[Passage, ...] = ()
    """Evidence that came with the request: context, account facts, tool results."""
    vault: Vault = field(default_factory=Vault)
    withheld: frozenset[str] = frozenset()
    """Placeholders whose values the customer may not be shown; tools may get them."""
    entities: Mapping[str, int] = field(default_factory=dict)
    """Number of personal values found, by type."""

    classification: Classification | None = None
    contacts: int = 1
    """Conversations of this customer about this matter lately, this one included."""
    tightened: frozenset[str] = frozenset()
    """Intents that an operator has sent to people; `*` is everything."""
    tier: str | None = None
    sources: tuple[Passage, ...] = ()
    """Passages retrieved for the question."""
    knowledge_revision: str = ""
    use_knowledge: bool = True
    """False: only what came with the request is evidence."""

    answers: tuple[Answer, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[CheckRun, ...] = ()
    served: Served = field(default_factory=Served)
    cache: CacheUse = field(default_factory=CacheUse)
    confidence: float | None = None
    cached: Redacted | None = None
    """The cached answer that replays through the gate."""
    decision: Decision | None = None
    held: Held | None = None
    """The conversation's handoff from an earlier turn."""
    handoff: HandoffRef | None = None
    notice: Redacted = NO_TEXT
    """The text that took the place of what was withheld, as the customer saw it."""
    disconnected: bool = False
    marks: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds per stage, and other timings."""

    def but(self, **changes: Any) -> Self:  # noqa: ANN401 - any field
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def adding(self, *findings: Finding, checks: tuple[CheckRun, ...] = ()) -> Self:
        """Return a copy with more findings; there is no way to remove one."""
        return replace(self, findings=self.findings + findings, checks=self.checks + checks)

    def marked(self, name: str, ms: float) -> Self:
        """Return a copy with a timing added to `name`, in milliseconds."""
        return replace(self, marks={**self.marks, name: self.marks.get(name, 0.0) + ms})

    @property
    def for_customer(self) -> Vault:
        """What may be put back into text that the customer reads."""
        return self.vault.without(self.withheld) if self.withheld else self.vault

    @property
    def question(self) -> Redacted:
        """The customer's last message."""
        return next((m.text for m in reversed(self.conversation) if m.role is Role.USER), NO_TEXT)

    @property
    def intent(self) -> str | None:
        """Name of the recognised intent."""
        return self.classification.intent if self.classification else None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every judged claim, in the order of the answer."""
        return tuple(f.claim for f in self.findings if f.claim is not None)

    @property
    def automation(self) -> Automation:
        """The strictest automation of all that the policy says about this turn."""
        return rules.automation(self.policy, self)

    @property
    def release(self) -> Release:
        """When text may leave: whole answers wherever more than a sentence must be known."""
        if self.automation is not Automation.AUTO or self.structured or self.choices > 1:
            return Release.ANSWER
        return self.policy.rule(self.intent).release
