"""Policy files: the written form, checked and turned into a `Policy`."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from policies.errors import ConfigError, Problem
from policies.findings import Reason
from policies.policy import (
    OUT_OF_SCOPE,
    Action,
    Automation,
    IntentRule,
    Money,
    Policy,
    Priority,
    Release,
    Risk,
    RiskRule,
    Routing,
    Texts,
)
from policies.strict import Strict, dotted, line_of, locate, parse, read_toml

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Text = Annotated[
    dict[str, Annotated[str, Field(pattern=r"\S")]],
    BeforeValidator(lambda v: {"en": v} if isinstance(v, str) else v),
    Field(min_length=1),
]
Share = Annotated[float, Field(ge=0, le=1)]
DEFAULT_ESCALATION = (
    "I would rather have a colleague confirm this than guess. I have passed on our whole "
    "conversation, so you won't have to repeat anything."
)
DEFAULT_UNAVAILABLE = (
    "I'm sorry, I can't answer this reliably right now. Please try again in a little while."
)
DEFAULT_REFUSAL = "I'm sorry, I can't help with this request."
DEFAULT_HOLDING = "A colleague has taken over this conversation and will answer you here."
_FIELDS = ("reference", "queue", "sla")


class _Amount(Strict):
    value: Annotated[float, Field(ge=0)]
    currency: Currency


class _Rule(Strict):
    automation: Automation | None = None
    min_confidence: Share | None = None
    release: Release | None = None
    on_ungrounded: Literal["rewrite", "escalate"] | None = None
    cache: bool | None = None
    tier: str | None = None
    owner: str | None = None
    queue: str | None = None
    skills: list[str] | None = None
    priority: Priority | None = None
    sla_minutes: Annotated[int, Field(gt=0)] | None = None
    escalation_text: Text | None = None
    max_amount: _Amount | None = None


class _Defaults(_Rule):
    min_confidence: Share = 0.70
    automation: Automation = Automation.AUTO
    release: Release = Release.SENTENCE
    on_ungrounded: Literal["rewrite", "escalate"] = "escalate"
    cache: bool = True
    escalation_text: Text = Field(default_factory=lambda: {"en": DEFAULT_ESCALATION})
    unavailable_text: Text = Field(default_factory=lambda: {"en": DEFAULT_UNAVAILABLE})
    refusal_text: Text = Field(default_factory=lambda: {"en": DEFAULT_REFUSAL})
    holding_text: Text = Field(default_factory=lambda: {"en": DEFAULT_HOLDING})
    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)


class _Intent(_Rule):
    description: str = ""
    examples: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)


class _Risk(Strict):
    automation: Automation = Automation.HUMAN
    owner: str | None = None
    queue: str | None = None
    skills: list[str] | None = None
    priority: Priority | None = None
    sla_minutes: Annotated[int, Field(gt=0)] | None = None
    escalation_text: Text | None = None
    examples: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)


class _File(Strict):
    version: Literal[1]
    id: str | None = None
    defaults: _Defaults = Field(default_factory=_Defaults)
    intents: dict[str, _Intent] = Field(default_factory=dict)
    risks: dict[Risk, _Risk] = Field(default_factory=dict)
    findings: dict[Reason, Action] = Field(default_factory=dict)


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises `ConfigError` with every problem at once."""
    table, text = read_toml(path)
    written = parse(_File, table, text, str(path))
    lines = dict(locate(text))
    problems = [
        Problem(str(path), line_of(lines, place), dotted(place), message)
        for place, message in _contradictions(written)
    ]
    if problems:
        raise ConfigError(*problems)
    return _build(written, path, text)


def policy_schema() -> Mapping[str, object]:
    """Return the JSON Schema of a policy file."""
    return _File.model_json_schema()


def _contradictions(written: _File) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what is well-formed but can't be meant."""
    seen: dict[str, str] = {}
    for name, intent in written.intents.items():
        for example in intent.examples:
            key = " ".join(example.casefold().split())
            if (first := seen.setdefault(key, name)) != name:
                yield (
                    ("intents", name, "examples"),
                    f"{example!r} is also an example of intent {first!r}; keep it in one",
                )
        if intent.automation is Automation.IMMEDIATE and intent.cache:
            yield ("intents", name, "cache"), "an immediate intent never answers from the cache"
    yield from _misused_fields(written)


def _misused_fields(written: _File) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield texts whose braces would reach the customer, or break the sending."""
    allowed = " ".join(f"{{{f}}}" for f in _FIELDS)
    for place, texts in _escalation_texts(written):
        for locale, text in texts.items():
            if not _fillable(text):
                yield (
                    (*place, locale),
                    f"has a field that is unknown, or a single brace; it may use {allowed}",
                )
    for key in ("unavailable_text", "refusal_text", "holding_text"):
        for locale, text in getattr(written.defaults, key).items():
            if any(f"{{{name}}}" in text for name in _FIELDS):
                yield (
                    ("defaults", key, locale),
                    f"goes out as it is written; only escalation_text may use {allowed}",
                )


def _fillable(text: str) -> bool:
    """Tell whether a text holds none but the known fields, each plainly in braces."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return False
    return all(
        name is None or (name in _FIELDS and not form and kind is None)
        for _, name, form, kind in parts
    )


def _escalation_texts(written: _File) -> Iterator[tuple[tuple[str | int, ...], dict[str, str]]]:
    yield ("defaults", "escalation_text"), written.defaults.escalation_text
    for name, intent in written.intents.items():
        if intent.escalation_text:
            yield ("intents", name, "escalation_text"), intent.escalation_text
    for risk, rule in written.risks.items():
        if rule.escalation_text:
            yield ("risks", risk.value, "escalation_text"), rule.escalation_text


def _build(written: _File, path: Path, text: str) -> Policy:
    base = _rule("defaults", _Intent(), written.defaults)
    actions = {Reason.PROMPT_ATTACK: Action.BLOCK, **written.findings}
    return Policy(
        id=written.id or path.stem,
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        intents={
            OUT_OF_SCOPE: _rule(OUT_OF_SCOPE, _Intent(cache=False), written.defaults),
            **{name: _rule(name, i, written.defaults) for name, i in written.intents.items()},
        },
        fallback=base,
        risks={
            risk: RiskRule(
                risk=risk,
                examples=tuple(rule.examples),
                automation=rule.automation,
                routing=_routing(rule, written.defaults),
                escalation_text=Texts(rule.escalation_text) if rule.escalation_text else None,
            )
            for risk, rule in written.risks.items()
        },
        actions=actions,
        rates=written.defaults.rates,
        unavailable_text=Texts(written.defaults.unavailable_text),
        refusal_text=Texts(written.defaults.refusal_text),
        holding_text=Texts(written.defaults.holding_text),
    )


def _rule(name: str, intent: _Intent, defaults: _Defaults) -> IntentRule:
    amount = intent.max_amount or defaults.max_amount
    return IntentRule(
        name=name,
        examples=tuple(intent.examples),
        description=intent.description,
        automation=intent.automation or defaults.automation,
        min_confidence=(
            defaults.min_confidence if intent.min_confidence is None else intent.min_confidence
        ),
        max_amount=Money(amount.value, amount.currency) if amount else None,
        release=intent.release or defaults.release,
        on_ungrounded=Action(intent.on_ungrounded or defaults.on_ungrounded),
        cache=defaults.cache if intent.cache is None else intent.cache,
        tier=intent.tier or defaults.tier,
        routing=_routing(intent, defaults),
        escalation_text=Texts(intent.escalation_text or defaults.escalation_text),
    )


def _routing(rule: _Rule | _Risk, defaults: _Defaults) -> Routing:
    plain = Routing()
    owner = rule.owner or defaults.owner or plain.owner
    return Routing(
        owner=owner,
        queue=rule.queue or defaults.queue or owner,
        skills=tuple(rule.skills or defaults.skills or ()),
        priority=rule.priority or defaults.priority or plain.priority,
        sla_minutes=rule.sla_minutes or defaults.sla_minutes or plain.sla_minutes,
    )
