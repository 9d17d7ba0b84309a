"""What a policy says about a turn before there is an answer. Pure.

The rows of the decision table only ever make things stricter, so their order is of no
consequence.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policies.policy import OUT_OF_SCOPE, Automation, Condition, Policy

if TYPE_CHECKING:
    from policies.turn import Turn

EVERYTHING = "*"
"""In `Turn.tightened`: every intent."""
CHANNEL = "channel"
"""The key of a request's scope that names the channel."""


def language(turn: "Turn") -> str | None:
    """Return the language that the customer writes, by the text, else by the locale."""
    seen = turn.classification.language if turn.classification else None
    return seen or _primary(turn.locale)


def locales(turn: "Turn") -> tuple[str | None, str | None]:
    """Return in which language to write to the customer, by preference.

    What the customer writes counts for more than what the bot's page is set to; of `de-AT`
    and `de` the exact one comes first.
    """
    spoken = language(turn)
    return (turn.locale, spoken) if spoken == _primary(turn.locale) else (spoken, turn.locale)


def covered(policy: Policy, turn: "Turn") -> bool:
    """Tell whether a machine may answer in the customer's language.

    A language that nobody could tell is not held against the customer.
    """
    spoken = language(turn)
    return not policy.languages or spoken is None or spoken in policy.languages


def tightened(turn: "Turn") -> bool:
    """Tell whether an operator has sent this intent, or everything, to people."""
    return EVERYTHING in turn.tightened or (turn.intent or OUT_OF_SCOPE) in turn.tightened


def repeated(policy: Policy, turn: "Turn") -> bool:
    """Tell whether the customer came back with one matter as often as a person is due."""
    repeat = policy.repeat
    if repeat is None or (turn.intent or OUT_OF_SCOPE) in repeat.ignore:
        return False
    return turn.contacts >= repeat.contacts


def applying(policy: Policy, turn: "Turn") -> tuple[Condition, ...]:
    """Return the rows of the decision table that hold for a turn, in the policy's order."""
    return tuple(row for row in policy.conditions if holds(policy, turn, row))


def holds(policy: Policy, turn: "Turn", row: Condition) -> bool:
    """Tell whether all that a row names is so; what is not known does not hold."""
    return all(_holding(policy, turn, row))


def _holding(policy: Policy, turn: "Turn", row: Condition) -> Iterator[bool]:
    seen = turn.classification
    if row.intents:
        yield turn.intent in row.intents
    if row.risks:
        yield seen is not None and not row.risks.isdisjoint(seen.risks)
    if row.sentiment_below is not None:
        yield seen is not None and seen.sentiment < row.sentiment_below
    if row.contacts_from is not None:
        yield turn.contacts >= row.contacts_from
    if row.channels:
        yield turn.scope.get(CHANNEL, "").casefold() in {c.casefold() for c in row.channels}
    if row.hours is not None:
        yield policy.hours is not None and policy.hours.open_at(turn.created) == (
            row.hours == "open"
        )
    if (limit := row.amount_above) is not None:
        amounts = seen.amounts if seen else ()
        yield any(not policy.within(money, limit) for money in amounts)


def automation(policy: Policy, turn: "Turn") -> Automation:
    """Return the strictest automation of all that the policy says about a turn."""
    levels = [policy.rule(turn.intent).automation]
    if (seen := turn.classification) is not None:
        levels += [policy.risks[risk].automation for risk in seen.risks if risk in policy.risks]
    levels += [row.automation for row in applying(policy, turn)]
    if tightened(turn) or repeated(policy, turn) or not covered(policy, turn):
        levels.append(Automation.HUMAN)
    return max(levels, key=list(Automation).index)


def may_draft(policy: Policy, turn: "Turn") -> bool:
    """Tell whether a model may be called at all, if only to draft for a person.

    Not for what can't wait, and not in a language that nothing checks.
    """
    return automation(policy, turn) is not Automation.IMMEDIATE and covered(policy, turn)


def min_confidence(policy: Policy, turn: "Turn") -> float:
    """Return the confidence that an answer must reach: the intent's, or a row's if higher."""
    own = policy.rule(turn.intent).min_confidence
    return max([own, *(row.min_confidence for row in applying(policy, turn))])


def _primary(locale: str | None) -> str | None:
    """Return the language of a locale: `de` of `de-AT`."""
    return (locale or "").replace("_", "-").partition("-")[0].casefold() or None
