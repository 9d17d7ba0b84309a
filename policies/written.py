"""The written form of a policy file: every table and key, with its default."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from policies.findings import Reason
from policies.hours import parse_spans, zone
from policies.policy import Action, Automation, Priority, Release, Risk
from policies.strict import Strict

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Text = Annotated[
    dict[str, Annotated[str, Field(pattern=r"\S")]],
    BeforeValidator(lambda v: {"en": v} if isinstance(v, str) else v),
    Field(min_length=1),
]
Share = Annotated[float, Field(ge=0, le=1)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2,3}|\*)$")]
Example = Annotated[str, Field(min_length=1)]
Spans = Annotated[str, AfterValidator(lambda text: (parse_spans(text), text)[1])]
Zone = Annotated[str, AfterValidator(lambda name: (zone(name), name)[1])]
DEFAULT_ESCALATION = (
    "I would rather have a colleague confirm this than guess. I have passed on our whole "
    "conversation, so you won't have to repeat anything."
)
DEFAULT_UNAVAILABLE = (
    "I'm sorry, I can't answer this reliably right now. Please try again in a little while."
)
DEFAULT_REFUSAL = "I'm sorry, I can't help with this request."
DEFAULT_HOLDING = "A colleague has taken over this conversation and will answer you here."
FIELDS = ("reference", "queue", "sla")


class WrittenAmount(Strict):
    """An amount of money."""

    value: Annotated[float, Field(ge=0)]
    currency: Currency


class WrittenRouting(Strict):
    """Where a handoff goes; None is left to the defaults."""

    owner: str | None = None
    queue: str | None = None
    skills: list[str] | None = None
    priority: Priority | None = None
    sla_minutes: Annotated[int, Field(gt=0)] | None = None
    next_steps: list[Annotated[str, Field(min_length=1, max_length=300)]] | None = None


class WrittenRule(WrittenRouting):
    """What an intent and the defaults may say alike; None is left to the defaults."""

    automation: Automation | None = None
    min_confidence: Share | None = None
    release: Release | None = None
    on_ungrounded: Literal["rewrite", "escalate"] | None = None
    cache: bool | None = None
    cache_ttl_s: Annotated[float, Field(gt=0, le=31_536_000)] | None = None
    tier: str | None = None
    escalation_text: Text | None = None
    max_amount: WrittenAmount | None = None


class WrittenDefaults(WrittenRule):
    """What an intent does not say for itself."""

    min_confidence: Share = 0.70
    automation: Automation = Automation.AUTO
    release: Release = Release.SENTENCE
    on_ungrounded: Literal["rewrite", "escalate"] = "escalate"
    cache: bool = True
    escalation_text: Text = Field(default_factory=lambda: {"en": DEFAULT_ESCALATION})
    unavailable_text: Text = Field(default_factory=lambda: {"en": DEFAULT_UNAVAILABLE})
    refusal_text: Text = Field(default_factory=lambda: {"en": DEFAULT_REFUSAL})
    holding_text: Text = Field(default_factory=lambda: {"en": DEFAULT_HOLDING})
    languages: Annotated[list[Language], Field(min_length=1)] = Field(
        default_factory=lambda: ["en"]
    )
    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)


class WrittenIntent(WrittenRule):
    """One intent."""

    description: str = ""
    examples: list[Example] = Field(default_factory=list)


class WrittenRisk(WrittenRouting):
    """One risk label."""

    automation: Automation = Automation.HUMAN
    escalation_text: Text | None = None
    examples: list[Example] = Field(default_factory=list)


class WrittenCondition(WrittenRouting):
    """One row of the decision table."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    intents: list[str] = Field(default_factory=list)
    risks: list[Risk] = Field(default_factory=list)
    sentiment_below: Annotated[float, Field(gt=-1, le=1)] | None = None
    contacts_from: Annotated[int, Field(ge=2)] | None = None
    channels: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)
    hours: Literal["open", "closed"] | None = None
    amount_above: WrittenAmount | None = None
    automation: Literal["human", "immediate"] | None = None
    min_confidence: Share | None = None
    escalation_text: Text | None = None


class WrittenRepeat(Strict):
    """When a customer who comes back gets a person."""

    contacts: Annotated[int, Field(ge=2)] = 3
    days: Annotated[float, Field(gt=0, le=365)] = 14
    ignore: list[str] = Field(default_factory=list)


class WrittenHours(Strict):
    """When people can be reached."""

    timezone: Zone
    mon: Spans | None = None
    tue: Spans | None = None
    wed: Spans | None = None
    thu: Spans | None = None
    fri: Spans | None = None
    sat: Spans | None = None
    sun: Spans | None = None
    holidays: list[date] = Field(default_factory=list)


class WrittenOwner(Strict):
    """Who answers for a part of the handoffs."""

    backup: str | None = None


class WrittenPolicy(Strict):
    """The whole file."""

    version: Literal[1]
    id: str | None = None
    defaults: WrittenDefaults = Field(default_factory=WrittenDefaults)
    intents: dict[str, WrittenIntent] = Field(default_factory=dict)
    risks: dict[Risk, WrittenRisk] = Field(default_factory=dict)
    rules: list[WrittenCondition] = Field(default_factory=list)
    repeat: WrittenRepeat | None = None
    hours: WrittenHours | None = None
    owners: dict[str, WrittenOwner] = Field(default_factory=dict)
    findings: dict[Reason, Action] = Field(default_factory=dict)
