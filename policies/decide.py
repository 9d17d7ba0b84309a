"""From findings to a decision: pure, explained, and monotone.

Every rule proposes a decision; the strictest proposal wins. So a further finding can
only tighten the outcome, never loosen it (a property test holds this).
"""

from collections.abc import Iterator

from policies.confidence import confidence, support
from policies.decision import Decision, Deliver, HandOff, Refuse, Rewrite, rank
from policies.findings import ClaimVerdict, Finding, Reason, Severity
from policies.policy import Action, Automation, Condition, Policy, Risk
from policies.rules import (
    EVERYTHING,
    applying,
    covered,
    language,
    min_confidence,
    repeated,
    tightened,
)
from policies.turn import Turn

_RISK_REASONS = {
    Risk.ASKS_FOR_HUMAN: Reason.CUSTOMER_ASKED_FOR_HUMAN,
    Risk.ANGRY: Reason.FRUSTRATION,
}
_INTENT_REASONS = {"asks_for_human": Reason.CUSTOMER_ASKED_FOR_HUMAN}
_UNGROUNDED = (Reason.NOT_IN_KB, Reason.CONTRADICTS_KB, Reason.UNBACKED_PROMISE)


def decide(policy: Policy, turn: Turn) -> Decision:
    """Decide about the turn as far as it is known: before, during or after the answer."""
    proposals = [*_before(policy, turn), *_after(policy, turn)]
    if not proposals:
        return Deliver(fired=("no rule objected",))
    strictest = max(map(rank, proposals))
    chosen = [p for p in proposals if rank(p) == strictest]
    # A stable sort: where the rank is equal, what can't wait gives the reason.
    chosen.sort(key=lambda p: getattr(p, "reason", None) is not Reason.IMMEDIATE_INTENT)
    fired = tuple(line for p in proposals for line in p.fired)
    match chosen[0]:
        case Refuse(reason=reason):
            return Refuse(reason, fired)
        case HandOff(reason=reason):
            return HandOff(reason, fired)
        case Rewrite(reason=reason):
            drop = frozenset[tuple[int, int]]().union(
                *(p.drop for p in chosen if isinstance(p, Rewrite))
            )
            return _rewrite(turn, Rewrite(reason, drop, fired))
        case Deliver():
            return Deliver(fired)


def _before(policy: Policy, turn: Turn) -> Iterator[Decision]:
    """Rules that need no answer: automation, risks, amounts."""
    rule = policy.rule(turn.intent)
    name = turn.intent or rule.name
    why = _INTENT_REASONS.get(name, Reason.HUMAN_ONLY_INTENT)
    yield from _by_automation(rule.automation, why, f"intent {name}")
    yield from _by_circumstance(policy, turn, name)
    if (seen := turn.classification) is None:
        return
    for risk in seen.risks:
        if risk in policy.risks:
            why = _RISK_REASONS.get(risk, Reason.HUMAN_ONLY_INTENT)
            yield from _by_automation(policy.risks[risk].automation, why, f"risk {risk}")
    for money in seen.amounts:
        if rule.max_amount is not None and not policy.within(money, rule.max_amount):
            text = f"amount in {money.currency} is above the limit of intent {name}"
            yield HandOff(Reason.AMOUNT_OVER_LIMIT, (text,))


def _by_circumstance(policy: Policy, turn: Turn, name: str) -> Iterator[Decision]:
    """Rules about who writes, how, when and how often."""
    if tightened(turn):
        text = f"an operator has sent {_whose(turn, name)} to people"
        yield HandOff(Reason.HUMAN_ONLY_INTENT, (text,))
    if not covered(policy, turn):
        known = ", ".join(policy.languages)
        text = f"language {language(turn)} is none that a machine may answer in ({known})"
        yield HandOff(Reason.HUMAN_ONLY_INTENT, (text,))
    if repeated(policy, turn):
        text = f"contact {turn.contacts} on intent {name} goes to a person"
        yield HandOff(Reason.REPEAT_CONTACT, (text,))
    for row in applying(policy, turn):
        yield from _by_automation(row.automation, _why(row), f"rule {row.name!r}")


def _whose(turn: Turn, name: str) -> str:
    return "everything" if EVERYTHING in turn.tightened else f"intent {name}"


def _why(row: Condition) -> Reason:
    """Return the reason of a row by what it rests on, the gravest first."""
    if row.amount_above is not None:
        return Reason.AMOUNT_OVER_LIMIT
    if row.contacts_from is not None:
        return Reason.REPEAT_CONTACT
    if Risk.ASKS_FOR_HUMAN in row.risks:
        return Reason.CUSTOMER_ASKED_FOR_HUMAN
    if row.sentiment_below is not None or Risk.ANGRY in row.risks:
        return Reason.FRUSTRATION
    return Reason.HUMAN_ONLY_INTENT


def _by_automation(automation: Automation, why: Reason, what: str) -> Iterator[Decision]:
    match automation:
        case Automation.IMMEDIATE:
            yield HandOff(Reason.IMMEDIATE_INTENT, (f"{what} is immediate",))
        case Automation.HUMAN:
            yield HandOff(why, (f"{what} goes to a person",))
        case Automation.AUTO:
            return


def _after(policy: Policy, turn: Turn) -> Iterator[Decision]:
    """Rules about the answer: failed findings, then the confidence."""
    for finding in turn.findings:
        if finding.severity is Severity.FAIL:
            yield _consequence(policy, turn, finding)
    rule = policy.rule(turn.intent)
    if rule.on_ungrounded is Action.REWRITE:
        yield from _drop_doubtful(policy, turn)
        return
    sure, least = confidence(turn, policy), min_confidence(policy, turn)
    if sure is not None and sure < least:
        text = f"confidence {sure:.2f} is below {least:.2f} of intent {rule.name}"
        yield HandOff(Reason.LOW_CONFIDENCE, (text,))


def _drop_doubtful(policy: Policy, turn: Turn) -> Iterator[Decision]:
    """Where sentences may be left out, each claim stands for itself."""
    least = min_confidence(policy, turn)
    for finding in turn.findings:
        claim = finding.claim
        if claim is None or claim.verdict is ClaimVerdict.NOT_CHECKABLE:
            continue
        sure = policy.calibration.probability([support(claim)], turn.intent)
        if sure >= least:
            continue
        fired = (f"claim confidence {sure:.2f} is below {least:.2f}",)
        if finding.sentence is None:
            yield HandOff(Reason.LOW_CONFIDENCE, fired)
        else:
            where = frozenset({(finding.choice, finding.sentence)})
            yield Rewrite(Reason.LOW_CONFIDENCE, where, fired)


def _consequence(policy: Policy, turn: Turn, finding: Finding) -> Decision:
    kind = finding.kind or Reason.CHECK_FAILED
    ungrounded = kind in _UNGROUNDED
    default = policy.rule(turn.intent).on_ungrounded if ungrounded else Action.ESCALATE
    fired = (f"{finding.check}: {kind}" + (f" ({finding.aspect})" if finding.aspect else ""),)
    match policy.actions.get(kind, default):
        case Action.BLOCK:
            return Refuse(kind, fired)
        case Action.REWRITE if finding.sentence is not None:
            return Rewrite(kind, frozenset({(finding.choice, finding.sentence)}), fired)
        case Action.REWRITE | Action.ESCALATE:
            return HandOff(kind, fired)


def _rewrite(turn: Turn, rewrite: Rewrite) -> Decision:
    """A rewrite that leaves no checked sentence, or none at all, says nothing: hand off."""
    for answer in turn.answers:
        if answer.finish_reason is None:
            continue
        said = {(answer.choice, i): s for i, s in enumerate(answer.sentences) if s.text.strip()}
        needed = {place for place, s in said.items() if s.checkable} or set(said)
        if needed and needed <= rewrite.drop:
            return HandOff(rewrite.reason, (*rewrite.fired, "nothing checked would remain"))
    return rewrite
