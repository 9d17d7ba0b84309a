"""Policy files: the written form, checked and turned into a `Policy`."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from policies.contradictions import contradictions
from policies.errors import ConfigError, Problem
from policies.findings import Reason
from policies.hours import DAYS, Hours, parse_spans, zone
from policies.policy import (
    OUT_OF_SCOPE,
    Action,
    Automation,
    Condition,
    IntentRule,
    Money,
    Policy,
    Repeat,
    RiskRule,
    Routing,
    Texts,
)
from policies.strict import dotted, line_of, locate, parse, read_toml
from policies.written import (
    WrittenAmount,
    WrittenCondition,
    WrittenHours,
    WrittenIntent,
    WrittenPolicy,
    WrittenRouting,
)


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises `ConfigError` with every problem at once."""
    table, text = read_toml(path)
    written = parse(WrittenPolicy, table, text, str(path))
    lines = dict(locate(text))
    problems = [
        Problem(str(path), line_of(lines, place), dotted(place), message)
        for place, message in contradictions(written)
    ]
    if problems:
        raise ConfigError(*problems)
    return _build(written, path, text)


def policy_schema() -> Mapping[str, object]:
    """Return the JSON Schema of a policy file."""
    return WrittenPolicy.model_json_schema()


def _build(written: WrittenPolicy, path: Path, text: str) -> Policy:
    defaults = written.defaults
    repeat = written.repeat
    return Policy(
        id=written.id or path.stem,
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        intents={
            OUT_OF_SCOPE: _rule(OUT_OF_SCOPE, WrittenIntent(cache=False), written),
            **{name: _rule(name, intent, written) for name, intent in written.intents.items()},
        },
        fallback=_rule("defaults", WrittenIntent(), written),
        risks={
            risk: RiskRule(
                risk=risk,
                examples=tuple(rule.examples),
                automation=rule.automation,
                routing=_routing(rule, written),
                escalation_text=Texts(rule.escalation_text) if rule.escalation_text else None,
            )
            for risk, rule in written.risks.items()
        },
        actions={Reason.PROMPT_ATTACK: Action.BLOCK, **written.findings},
        conditions=tuple(_condition(row, written) for row in written.rules),
        languages=() if "*" in defaults.languages else tuple(defaults.languages),
        repeat=Repeat(repeat.contacts, repeat.days, frozenset(repeat.ignore)) if repeat else None,
        hours=_hours(written.hours) if written.hours else None,
        rates=defaults.rates,
        unavailable_text=Texts(defaults.unavailable_text),
        refusal_text=Texts(defaults.refusal_text),
        holding_text=Texts(defaults.holding_text),
    )


def _rule(name: str, intent: WrittenIntent, written: WrittenPolicy) -> IntentRule:
    defaults = written.defaults
    return IntentRule(
        name=name,
        examples=tuple(intent.examples),
        description=intent.description,
        automation=intent.automation or defaults.automation,
        min_confidence=(
            defaults.min_confidence if intent.min_confidence is None else intent.min_confidence
        ),
        max_amount=_money(intent.max_amount or defaults.max_amount),
        release=intent.release or defaults.release,
        on_ungrounded=Action(intent.on_ungrounded or defaults.on_ungrounded),
        cache=defaults.cache if intent.cache is None else intent.cache,
        cache_ttl_s=intent.cache_ttl_s or defaults.cache_ttl_s,
        tier=intent.tier or defaults.tier,
        routing=_routing(intent, written),
        escalation_text=Texts(intent.escalation_text or defaults.escalation_text),
    )


def _condition(row: WrittenCondition, written: WrittenPolicy) -> Condition:
    return Condition(
        name=row.name,
        automation=Automation(row.automation or Automation.AUTO),
        intents=frozenset(row.intents),
        risks=frozenset(row.risks),
        sentiment_below=row.sentiment_below,
        contacts_from=row.contacts_from,
        channels=frozenset(row.channels),
        hours=row.hours,
        amount_above=_money(row.amount_above),
        min_confidence=row.min_confidence or 0.0,
        routing=_routing(row, written) if row.owner or row.queue else None,
        escalation_text=Texts(row.escalation_text) if row.escalation_text else None,
    )


def _hours(written: WrittenHours) -> Hours:
    week = {n: parse_spans(text) for n, day in enumerate(DAYS) if (text := getattr(written, day))}
    return Hours(zone(written.timezone), week, frozenset(written.holidays))


def _money(written: WrittenAmount | None) -> Money | None:
    return Money(written.value, written.currency) if written else None


def _routing(rule: WrittenRouting, written: WrittenPolicy) -> Routing:
    plain, defaults = Routing(), written.defaults
    owner = rule.owner or defaults.owner or plain.owner
    named = written.owners.get(owner)
    return Routing(
        owner=owner,
        queue=rule.queue or defaults.queue or owner,
        skills=tuple(rule.skills or defaults.skills or ()),
        priority=rule.priority or defaults.priority or plain.priority,
        sla_minutes=rule.sla_minutes or defaults.sla_minutes or plain.sla_minutes,
        backup=named.backup if named else None,
        next_steps=tuple(rule.next_steps or defaults.next_steps or ()),
    )
