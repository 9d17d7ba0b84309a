"""Which single change would lead to another outcome? Pure; explains `decide`.

Contrastive explanation by one changed fact at a time, after Wachter, Mittelstadt & Russell,
"Counterfactual explanations without opening the black box", 2018.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from policies.decide import decide
from policies.decision import Decision, Deliver
from policies.findings import Reason
from policies.policy import Automation, Money, Policy, Risk
from policies.rules import CHANNEL, automation, language, may_draft, min_confidence
from policies.turn import Classification, Turn

_HALF_HOUR_S = 1800
_WEEK = 7 * 48
_FOREIGN = "und"
_MORE = 1.01
"""Times a limit: an amount just above it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a turn as far as it is known."""

    decision: str
    reason: Reason | None
    automation: Automation
    drafts: bool
    """A model is called, to answer or to draft for a person."""
    min_confidence: float
    """What an answer must reach."""

    def __str__(self) -> str:
        """Tell it in words."""
        if self.decision == "Deliver":
            return f"a machine may answer, from confidence {self.min_confidence:.2f} on"
        if self.decision == "Refuse":
            return f"refused ({self.reason})"
        how = "the model may draft for them" if self.drafts else "without a model call"
        return f"a person decides, {how} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Change:
    """One change and what would follow."""

    what: str
    outcome: Outcome


def outcome(policy: Policy, turn: Turn) -> Outcome:
    """Return what becomes of a turn."""
    decision = decide(policy, turn)
    return Outcome(
        decision=type(decision).__name__,
        reason=_reason(decision),
        automation=automation(policy, turn),
        drafts=may_draft(policy, turn),
        min_confidence=min_confidence(policy, turn),
    )


def changes(policy: Policy, turn: Turn) -> tuple[Change, ...]:
    """Return the single changes that lead elsewhere, each with where it leads."""
    now = outcome(policy, turn)
    found = (Change(what, outcome(p, t)) for what, p, t in _changed(policy, turn))
    return tuple(change for change in found if change.outcome != now)


Variant = tuple[str, Policy, Turn]


def _changed(policy: Policy, turn: Turn) -> Iterator[Variant]:
    if (seen := turn.classification) is not None:
        yield from _words(policy, turn, seen)
    yield from _circumstances(policy, turn)
    yield from _settings(policy, turn)


def _words(policy: Policy, turn: Turn, seen: Classification) -> Iterator[Variant]:
    """What is read from the customer's words."""

    def read(what: str, fresh: Classification) -> Variant:
        return what, policy, turn.but(classification=fresh)

    for name, score in seen.alternatives:
        if name != seen.intent:
            yield read(f"if the intent were {name} ({score:.2f})", replace(seen, intent=name))
    for risk in Risk:
        rest = {r: s for r, s in seen.risks.items() if r is not risk}
        if risk in seen.risks:
            yield read(f"without the risk {risk}", replace(seen, risks=rest))
        else:
            yield read(f"with the risk {risk}", replace(seen, risks={**seen.risks, risk: 1.0}))
    if seen.amounts:
        yield read("without an amount", replace(seen, amounts=()))
    for limit in _limits(policy, turn):
        more = Money(limit.value * _MORE, limit.currency)
        what = f"with an amount above {limit.value:g} {limit.currency}"
        yield read(what, replace(seen, amounts=(*seen.amounts, more)))
    yield read("if the customer sounded neutral", replace(seen, sentiment=0.0))
    yield read("if the customer sounded furious", replace(seen, sentiment=-1.0))
    if policy.languages and language(turn) != policy.languages[0]:
        first = policy.languages[0]
        yield read(f"if the customer wrote {first}", replace(seen, language=first))
    elif policy.languages:
        yield read("in a language that nothing checks", replace(seen, language=_FOREIGN))


def _limits(policy: Policy, turn: Turn) -> Iterator[Money]:
    limits = [policy.rule(turn.intent).max_amount, *(r.amount_above for r in policy.conditions)]
    yield from dict.fromkeys(limit for limit in limits if limit is not None)


def _circumstances(policy: Policy, turn: Turn) -> Iterator[Variant]:
    """Who writes, when, where from and how often."""
    counts = {1, *(row.contacts_from for row in policy.conditions if row.contacts_from)}
    if policy.repeat is not None:
        counts.add(policy.repeat.contacts)
    for count in sorted(counts - {turn.contacts}):
        yield f"as contact {count} on the matter", policy, turn.but(contacts=count)
    for channel in sorted({c for row in policy.conditions for c in row.channels}):
        scope: Mapping[str, str] = {**turn.scope, CHANNEL: channel}
        yield f"on the channel {channel}", policy, turn.but(scope=scope)
    if CHANNEL in turn.scope:
        rest = {key: value for key, value in turn.scope.items() if key != CHANNEL}
        yield "without a channel", policy, turn.but(scope=rest)
    yield from _other_hours(policy, turn)
    if turn.tightened:
        yield "once it is relaxed", policy, turn.but(tightened=frozenset())


def _other_hours(policy: Policy, turn: Turn) -> Iterator[Variant]:
    if (hours := policy.hours) is None:
        return
    now = hours.open_at(turn.created)
    times = (turn.created + n * _HALF_HOUR_S for n in range(1, _WEEK + 1))
    other = next((time for time in times if hours.open_at(time) is not now), None)
    if other is not None:
        what = "outside business hours" if now else "within business hours"
        yield what, policy, turn.but(created=other)


def _settings(policy: Policy, turn: Turn) -> Iterator[Variant]:
    """What the policy says of this intent, and row by row of its table."""
    rule = policy.rule(turn.intent)
    for level in Automation:
        if level is not rule.automation and rule.name in policy.intents:
            intents = {**policy.intents, rule.name: replace(rule, automation=level)}
            fresh = replace(policy, intents=intents)
            yield f"with intents.{rule.name}.automation = {level.value!r}", fresh, turn
    for row in policy.conditions:
        rows = tuple(other for other in policy.conditions if other is not row)
        yield f"without the rule {row.name!r}", replace(policy, conditions=rows), turn


def _reason(decision: Decision) -> Reason | None:
    return None if isinstance(decision, Deliver) else decision.reason
