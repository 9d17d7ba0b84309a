"""Where a handoff goes: one answer for packet, wording, traces and metrics."""

from dataclasses import replace

from policies.policy import Automation, Priority, Routing
from policies.rules import applying
from policies.turn import Turn


def routing(turn: Turn) -> tuple[Routing, str]:
    """Return where a turn goes and the rule that says so.

    The strictest rule among the intent's, those of all risks and the rows of the decision
    table that hold decides the place; it is as urgent as the most urgent of them asks.
    """
    rules = _rules(turn)
    _, name, goes_to = max(rules, key=lambda rule: _strictness(rule[0], rule[2]))
    priority = max((r.priority for _, _, r in rules), key=list(Priority).index)
    minutes = min(r.sla_minutes for _, _, r in rules)
    return replace(goes_to, priority=priority, sla_minutes=minutes), name


def _rules(turn: Turn) -> list[tuple[Automation, str, Routing]]:
    intent = turn.policy.rule(turn.intent)
    seen = turn.classification.risks if turn.classification else ()
    risks = [turn.policy.risks[risk] for risk in seen if risk in turn.policy.risks]
    return [
        (intent.automation, f"intent {intent.name}", intent.routing),
        *((rule.automation, f"risk {rule.risk.value}", rule.routing) for rule in risks),
        *(
            (row.automation, f"rule {row.name}", row.routing)
            for row in applying(turn.policy, turn)
            if row.routing is not None
        ),
    ]


def _strictness(automation: Automation, goes_to: Routing) -> tuple[int, int, int]:
    level, urgency = list(Automation).index(automation), list(Priority).index(goes_to.priority)
    return level, urgency, -goes_to.sla_minutes
