"""What is counted about each turn, for `/metrics`: names and numbers, never text."""

from policies.confidence import verdict
from policies.routing import routing
from policies.turn import Turn
from proxy.records.views import action_of, reason_of
from proxy.telemetry import names
from proxy.telemetry.base import Telemetry
from validators.grounding.adapters.llm_judge import PREFIX


def meter(telemetry: Telemetry, turn: Turn) -> None:
    """Count a finished turn. Labels come from the configuration, so there are few of them."""
    labels = {
        names.ACTION: action_of(turn),
        names.VERDICT: verdict(turn),
        names.POLICY_ID: turn.policy.id,
        names.PROFILE: turn.profile,
    }
    telemetry.count(names.REQUESTS, 1, labels)
    status = turn.cache.status if turn.cache.status in ("hit", "bypass") else "miss"
    telemetry.count(names.CACHE_LOOKUPS, 1, {names.CACHE_STATUS: status})
    for kind, number in turn.entities.items():
        telemetry.count(names.PII_ENTITIES, number, {"type": kind})
    if turn.handoff is not None and turn.handoff.status == "created":
        goes_to, _ = routing(turn)
        why = {names.HANDOFF_REASON: reason_of(turn) or "", names.HANDOFF_OWNER: goes_to.owner}
        telemetry.count(names.HANDOFFS, 1, why)
    if turn.served.cost_usd:
        telemetry.count(names.COST, turn.served.cost_usd, {"model": turn.served.model})
    for finding in turn.findings:
        if finding.aspect.startswith(PREFIX):
            outcome = {"outcome": finding.aspect.removeprefix(PREFIX)}
            telemetry.count(names.JUDGE_OUTCOMES, 1, outcome)
    beside = turn.marks.get("total", 0.0) - turn.marks.get("model", 0.0)
    telemetry.measure(names.OVERHEAD, max(0.0, beside) / 1000)
