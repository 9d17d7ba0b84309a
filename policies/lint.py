"""What a valid policy says without effect: rows and thresholds that never decide. Pure."""

from collections.abc import Iterator, Mapping

from policies.hours import DAYS
from policies.policy import OUT_OF_SCOPE, Automation, Condition, IntentRule, Policy, Risk, Texts

Finding = tuple[str, str]
"""The key in the policy file, and what is wrong with it."""

_RAISED_BY_PHRASES = frozenset({OUT_OF_SCOPE, "fraud_in_progress"})
"""Intents that are recognised without examples."""
_WHOLE_DAY = ((0, 24 * 60),)


def lint(policy: Policy) -> Iterator[Finding]:
    """Yield what has no effect, or another than it seems to have."""
    for name, rule in policy.intents.items():
        yield from _intent(policy, name, rule)
    yield from _risks(policy)
    for row in policy.conditions:
        yield from _row(policy, row)
    yield from _shadowed(policy)
    yield from _texts(policy)


def _intent(policy: Policy, name: str, rule: IntentRule) -> Iterator[Finding]:
    if not rule.examples and name not in _RAISED_BY_PHRASES:
        yield f"intents.{name}.examples", "has none, so it is never recognised"
    if rule.automation is Automation.AUTO:
        best = policy.calibration.probability([1.0], name)
        if best < rule.min_confidence:
            text = f"can't be reached: under this calibration no answer exceeds {best:.2f}"
            yield f"intents.{name}.min_confidence", text
        elif rule.min_confidence == 0:
            yield f"intents.{name}.min_confidence", "is 0, so every confidence meets it"
    limit = rule.max_amount
    if limit is not None and policy.in_base(limit) is None:
        text = f"{limit.currency} has no rate, so every amount in another currency is above it"
        yield f"intents.{name}.max_amount", text
    if limit is not None and rule.automation is not Automation.AUTO:
        yield f"intents.{name}.max_amount", "has no effect: a person answers anyway"


def _risks(policy: Policy) -> Iterator[Finding]:
    """Labels that are recognised and lead to nothing."""
    named = {risk for row in policy.conditions for risk in row.risks}
    for risk in Risk:
        rule = policy.risks.get(risk)
        if rule is None and risk not in named:
            yield f"risks.{risk}", "is in no table and no rule, so it has no consequence"


def _row(policy: Policy, row: Condition) -> Iterator[Finding]:
    place = f"rules[{policy.conditions.index(row)}]"
    if (why := _impossible(policy, row)) is not None:
        yield place, f"rule {row.name!r} never holds: {why}"
    elif (why := _idle(policy, row)) is not None:
        yield place, f"rule {row.name!r} changes nothing: {why}"


def _impossible(policy: Policy, row: Condition) -> str | None:
    """Return why a row can't hold."""
    known = {n for n, r in policy.intents.items() if r.examples or n in _RAISED_BY_PHRASES}
    if row.intents and not row.intents & known:
        return "none of its intents is ever recognised"
    if row.hours is not None and policy.hours is not None:
        week = policy.hours.week
        if row.hours == "open" and not any(week.values()):
            return "[hours] names no day"
        always = all(week.get(day) == _WHOLE_DAY for day in range(len(DAYS)))
        if row.hours == "closed" and always and not policy.hours.holidays:
            return "[hours] never closes"
    return None


def _idle(policy: Policy, row: Condition) -> str | None:
    """Return why a row that holds makes no difference."""
    if row.routing is not None or row.escalation_text is not None:
        return None
    rules = [policy.rule(name) for name in row.intents] or [
        *policy.intents.values(),
        policy.fallback,
    ]
    if all(rule.min_confidence >= row.min_confidence for rule in rules):
        strict = _level(row.automation)
        if row.intents and all(_level(rule.automation) >= strict for rule in rules):
            return "its intents are as strict by themselves"
        risks = [policy.risks.get(risk) for risk in row.risks]
        if risks and all(r is not None and _level(r.automation) >= strict for r in risks):
            return "its risks are as strict by themselves"
        if _after_repeat(policy, row):
            return "[repeat] is as strict by then"
    return None


def _after_repeat(policy: Policy, row: Condition) -> bool:
    repeat = policy.repeat
    if repeat is None or row.contacts_from is None or row.automation is Automation.IMMEDIATE:
        return False
    return row.contacts_from >= repeat.contacts and (
        not repeat.ignore or (bool(row.intents) and not row.intents & repeat.ignore)
    )


def _shadowed(policy: Policy) -> Iterator[Finding]:
    """Rows that another, wider row makes superfluous."""
    for n, row in enumerate(policy.conditions):
        for m, other in enumerate(policy.conditions):
            if n != m and _wider(policy, other, row) and (m < n or not _wider(policy, row, other)):
                text = f"rule {row.name!r} never decides: {other.name!r} is as strict and wider"
                yield f"rules[{n}]", text
                break


def _wider(policy: Policy, wide: Condition, narrow: Condition) -> bool:
    """Tell whether `wide` holds wherever `narrow` does and is at least as strict."""
    if narrow.routing is not None or narrow.escalation_text is not None:
        return False
    return (
        _level(wide.automation) >= _level(narrow.automation)
        and wide.min_confidence >= narrow.min_confidence
        and _covers(wide.intents, narrow.intents)
        and _covers(wide.risks, narrow.risks)
        and _covers(
            frozenset(c.casefold() for c in wide.channels),
            frozenset(c.casefold() for c in narrow.channels),
        )
        and wide.hours in (None, narrow.hours)
        and _at_most(narrow.sentiment_below, wide.sentiment_below)
        and _at_least(narrow.contacts_from, wide.contacts_from)
        and _amounts(policy, wide, narrow)
    )


def _covers(
    wide: frozenset[str] | frozenset[Risk], narrow: frozenset[str] | frozenset[Risk]
) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _at_most(narrow: float | None, wide: float | None) -> bool:
    return wide is None or (narrow is not None and narrow <= wide)


def _at_least(narrow: float | None, wide: float | None) -> bool:
    return wide is None or (narrow is not None and narrow >= wide)


def _amounts(policy: Policy, wide: Condition, narrow: Condition) -> bool:
    if wide.amount_above is None:
        return True
    return narrow.amount_above is not None and policy.within(wide.amount_above, narrow.amount_above)


def _texts(policy: Policy) -> Iterator[Finding]:
    """Texts that lack a language which the defaults have: another language would go out."""
    wanted = set(policy.fallback.escalation_text.by_locale)
    own: Mapping[str, Texts | None] = {
        **{f"intents.{name}": rule.escalation_text for name, rule in policy.intents.items()},
        **{f"risks.{risk}": rule.escalation_text for risk, rule in policy.risks.items()},
        **{f"rules[{n}]": row.escalation_text for n, row in enumerate(policy.conditions)},
    }
    for place, texts in own.items():
        if texts is None or texts == policy.fallback.escalation_text:
            continue
        if missing := sorted(wanted - set(texts.by_locale)):
            text = f"has no text in {', '.join(missing)}, which [defaults] has"
            yield f"{place}.escalation_text", text


def _level(automation: Automation) -> int:
    return list(Automation).index(automation)
