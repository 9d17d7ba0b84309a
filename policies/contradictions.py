"""What is well-formed in a policy file and can't be meant."""

from collections.abc import Iterator, Mapping
from string import Formatter

from policies.policy import OUT_OF_SCOPE, Automation, Risk
from policies.written import (
    FIELDS,
    WrittenCondition,
    WrittenPolicy,
    WrittenRouting,
)

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]

_GRAVE = (Risk.SELF_HARM,)
"""Risks that nobody may meet with a text meant for something else."""
_ANY = "*"


def contradictions(written: WrittenPolicy) -> Found:
    """Yield each contradiction: where, and what to do."""
    yield from _intents(written)
    yield from _rules(written)
    yield from _names(written)
    yield from _missing_texts(written)
    yield from _owners(written)
    yield from _misused_fields(written)


def _intents(written: WrittenPolicy) -> Found:
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


def _rules(written: WrittenPolicy) -> Found:
    """Rows that hold always, never, or without consequence."""
    names: set[str] = set()
    for n, row in enumerate(written.rules):
        if row.name in names:
            yield ("rules", n, "name"), f"{row.name!r} is used twice; names must differ"
        names.add(row.name)
        if not _condition(row):
            yield ("rules", n), "names no condition, so it would hold always; say it in [defaults]"
        if row.automation is None and row.min_confidence is None:
            yield ("rules", n), "has no consequence; set automation or min_confidence"
        if row.hours is not None and written.hours is None:
            yield (
                ("rules", n, "hours"),
                "needs a table [hours] that says when people can be reached",
            )


def _condition(row: WrittenCondition) -> bool:
    """Tell whether a row asks for anything."""
    asked = (row.sentiment_below, row.contacts_from, row.hours, row.amount_above)
    return bool(row.intents or row.risks or row.channels) or any(a is not None for a in asked)


def _names(written: WrittenPolicy) -> Found:
    """Intents that rows name and nothing defines."""
    named = [(("rules", n, "intents"), row.intents) for n, row in enumerate(written.rules)]
    places: list[tuple[Place, list[str]]] = [*named]
    if written.repeat is not None:
        places.append((("repeat", "ignore"), written.repeat.ignore))
    for place, names in places:
        for name in names:
            if name not in written.intents and name != OUT_OF_SCOPE:
                known = ", ".join(sorted(written.intents)) or "none is defined"
                yield place, f"there is no intent {name!r}; known: {known}"


def _missing_texts(written: WrittenPolicy) -> Found:
    """Escalations for which the file has no words."""
    defaults = written.defaults
    given = "escalation_text" in defaults.model_fields_set
    if "languages" in defaults.model_fields_set:
        known = {tag.replace("_", "-").partition("-")[0] for tag in defaults.escalation_text}
        for code in defaults.languages:
            if code not in {*known, _ANY}:
                text = f"escalation_text has no text in {code!r}; add escalation_text.{code}"
                yield ("defaults", "languages"), text
    if given:
        return
    for risk in _GRAVE:
        rule = written.risks.get(risk)
        if rule is not None and rule.escalation_text is None:
            text = "needs an escalation_text: the built-in one says nothing of help in danger"
            yield ("risks", risk.value), text
    for name, intent in written.intents.items():
        if intent.automation is Automation.IMMEDIATE and intent.escalation_text is None:
            text = "needs an escalation_text, here or in [defaults]: no model writes anything"
            yield ("intents", name), text


def _owners(written: WrittenPolicy) -> Found:
    """Owners that stand in for each other in a circle, and names that nobody has."""
    backups = {name: owner.backup for name, owner in written.owners.items()}
    known = ", ".join(sorted(backups))
    for name, backup in backups.items():
        if backup is not None and backup not in backups:
            yield ("owners", name, "backup"), f"there is no owner {backup!r}; known: {known}"
        if (circle := _circle(name, backups)) is not None:
            yield ("owners", name, "backup"), f"goes round in a circle: {' -> '.join(circle)}"
    if not backups:
        return
    for place, routing in _routings(written):
        if routing.owner is not None and routing.owner not in backups:
            yield (*place, "owner"), f"{routing.owner!r} is not in [owners]; known: {known}"


def _circle(name: str, backups: Mapping[str, str | None]) -> list[str] | None:
    """Return the way from an owner back to itself, told by the first of its names only."""
    way, following = [name], backups[name]
    while following is not None and following not in way:
        way.append(following)
        following = backups.get(following)
    return [*way, name] if following == name == min(way) else None


def _routings(written: WrittenPolicy) -> Iterator[tuple[Place, WrittenRouting]]:
    yield ("defaults",), written.defaults
    yield from ((("intents", name), intent) for name, intent in written.intents.items())
    yield from ((("risks", risk.value), rule) for risk, rule in written.risks.items())
    yield from ((("rules", n), row) for n, row in enumerate(written.rules))


def _misused_fields(written: WrittenPolicy) -> Found:
    """Yield texts whose braces would reach the customer, or break the sending."""
    allowed = " ".join(f"{{{f}}}" for f in FIELDS)
    for place, texts in _escalation_texts(written):
        for locale, text in texts.items():
            if not _fillable(text):
                yield (
                    (*place, locale),
                    f"has a field that is unknown, or a single brace; it may use {allowed}",
                )
    for key in ("unavailable_text", "refusal_text", "holding_text"):
        for locale, text in getattr(written.defaults, key).items():
            if any(f"{{{name}}}" in text for name in FIELDS):
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
        name is None or (name in FIELDS and not form and kind is None)
        for _, name, form, kind in parts
    )


def _escalation_texts(written: WrittenPolicy) -> Iterator[tuple[Place, dict[str, str]]]:
    yield ("defaults", "escalation_text"), written.defaults.escalation_text
    for name, intent in written.intents.items():
        if intent.escalation_text:
            yield ("intents", name, "escalation_text"), intent.escalation_text
    for risk, rule in written.risks.items():
        if rule.escalation_text:
            yield ("risks", risk.value, "escalation_text"), rule.escalation_text
    for n, row in enumerate(written.rules):
        if row.escalation_text:
            yield ("rules", n, "escalation_text"), row.escalation_text
