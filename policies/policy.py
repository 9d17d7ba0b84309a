"""A policy as it is used: frozen, complete, every default filled in.

The written form (policies/*.toml) is parsed by `load.py`; nothing here reads files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from policies.calibration import IDENTITY, Calibration
from policies.findings import Reason
from policies.hours import Hours


class Automation(StrEnum):
    """How far the bot may go, from most to least."""

    AUTO = "auto"
    HUMAN = "human"
    """A person answers; the model may draft for them, nothing of it is released."""
    IMMEDIATE = "immediate"
    """A person answers, now; no model is called."""


class Release(StrEnum):
    """When text leaves."""

    SENTENCE = "sentence"
    ANSWER = "answer"


class Priority(StrEnum):
    """Of a handoff, as help desks name it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Risk(StrEnum):
    """Risk labels; the list is fixed by the public contract."""

    LEGAL_THREAT = "legal_threat"
    REGULATOR_COMPLAINT = "regulator_complaint"
    SELF_HARM = "self_harm"
    FRAUD_CLAIM = "fraud_claim"
    HARDSHIP = "hardship"
    ASKS_FOR_HUMAN = "asks_for_human"
    ACCOUNT_CLOSURE = "account_closure"
    VULNERABLE_CUSTOMER = "vulnerable_customer"
    ANGRY = "angry"


class Action(StrEnum):
    """What a failed finding of one kind leads to."""

    REWRITE = "rewrite"
    ESCALATE = "escalate"
    BLOCK = "block"


OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Texts:
    """One message in several languages."""

    by_locale: Mapping[str, str]
    """Language tag (`en`, `pt-BR`) to text; the first entry serves all other languages."""

    def pick(self, *locales: str | None) -> str:
        """Return the text for the first of `locales` that has one, else the first text.

        `de-AT` falls back to `de` (RFC 4647, lookup).
        """
        texts = {_tag(key): text for key, text in self.by_locale.items()}
        for locale in locales:
            tag = _tag(locale or "")
            while tag and tag not in texts:
                tag = tag.rpartition("-")[0]
            if tag:
                return texts[tag]
        return next(iter(self.by_locale.values()), "")


def _tag(locale: str) -> str:
    return locale.strip().replace("_", "-").casefold()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    value: float
    currency: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a handoff goes."""

    owner: str = "support"
    queue: str = "support"
    skills: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    sla_minutes: int = 240
    backup: str | None = None
    """The owner that stands in for this one, as `[owners]` says."""
    next_steps: tuple[str, ...] = ()
    """What the person who takes it is to do, in order."""


@dataclass(frozen=True, slots=True)
class IntentRule:
    """What may happen for one intent."""

    name: str
    examples: tuple[str, ...]
    automation: Automation
    min_confidence: float
    max_amount: Money | None
    release: Release
    on_ungrounded: Action
    cache: bool
    tier: str | None
    routing: Routing
    escalation_text: Texts
    description: str = ""
    cache_ttl_s: float | None = None
    """How long an answer may be given again, in seconds; None: as config.toml says."""


@dataclass(frozen=True, slots=True)
class RiskRule:
    """What a risk label leads to, whatever the intent."""

    risk: Risk
    examples: tuple[str, ...]
    automation: Automation
    routing: Routing
    escalation_text: Texts | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the decision table: where all that it names holds, it makes things stricter."""

    name: str
    automation: Automation = Automation.AUTO
    intents: frozenset[str] = frozenset()
    """One of these was recognised; empty: whatever the intent."""
    risks: frozenset[Risk] = frozenset()
    """At least one of these was seen; empty: whatever the risks."""
    sentiment_below: float | None = None
    contacts_from: int | None = None
    """This is at least the customer's so-many-th contact on the matter."""
    channels: frozenset[str] = frozenset()
    """The request's `scope.channel` is one of these, in any case; empty: whatever it is."""
    hours: Literal["open", "closed"] | None = None
    amount_above: Money | None = None
    min_confidence: float = 0.0
    """What an answer must reach where the condition holds."""
    routing: Routing | None = None
    escalation_text: Texts | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """From which contact on one matter a person answers."""

    contacts: int = 3
    days: float = 14
    """How far back contacts count."""
    ignore: frozenset[str] = frozenset()
    """Intents that are no matter: greetings, say."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides, of one file."""

    id: str
    version: str
    """Hash of the file's content: part of cache keys, packets, records."""
    intents: Mapping[str, IntentRule]
    fallback: IntentRule
    """The defaults, for what no intent covers."""
    risks: Mapping[Risk, RiskRule]
    actions: Mapping[Reason, Action] = field(default_factory=dict)
    """What a failed finding leads to, by kind; `escalate` where absent."""
    conditions: tuple[Condition, ...] = ()
    languages: tuple[str, ...] = ()
    """Languages (ISO 639 codes) in which a machine may answer; empty: any."""
    repeat: Repeat | None = None
    hours: Hours | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    """Value of one unit of a currency in the base currency (EUR)."""
    base_currency: str = "EUR"
    calibration: Calibration = IDENTITY
    """How the scores of claims become the confidence that `min_confidence` is compared with."""
    unavailable_text: Texts = field(default_factory=lambda: Texts({}))
    refusal_text: Texts = field(default_factory=lambda: Texts({}))
    holding_text: Texts = field(default_factory=lambda: Texts({}))

    def rule(self, intent: str | None) -> IntentRule:
        """Return the rule for an intent, or the defaults."""
        return self.intents.get(intent or "", self.fallback)

    def in_base(self, money: Money) -> float | None:
        """Convert to the base currency; None without a configured rate."""
        if money.currency == self.base_currency:
            return money.value
        rate = self.rates.get(money.currency)
        return None if rate is None else money.value * rate

    def within(self, money: Money, limit: Money) -> bool:
        """Tell whether an amount is known to be within a limit; without a rate it is not."""
        if money.currency == limit.currency:
            return money.value <= limit.value
        value, most = self.in_base(money), self.in_base(limit)
        return value is not None and most is not None and value <= most
