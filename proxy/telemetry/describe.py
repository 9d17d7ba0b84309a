"""What a span says about a turn: counts, names and scores, never text. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from policies.confidence import verdict
from policies.decision import HandOff
from policies.findings import CheckRun, ClaimVerdict
from policies.routing import routing
from policies.turn import Turn
from proxy.records.views import action_of, reason_of
from proxy.telemetry import names
from proxy.telemetry.base import Attributes, AttributeValue

Describe = Callable[[Turn], Attributes]


@dataclass(frozen=True, slots=True)
class StageSpan:
    """How a stage looks in a trace."""

    span: str
    describe: Describe = lambda _: {}
    kind: str = "internal"
    applies: Callable[[Turn], bool] = lambda _: True
    """False: the stage has nothing to do with this turn, and a span would mislead."""


def _redact(turn: Turn) -> Attributes:
    return {
        names.PII_COUNT: sum(turn.entities.values()),
        names.PII_TYPES: sorted(turn.entities),
    }


def _hold(turn: Turn) -> Attributes:
    return {} if turn.held is None else {names.HANDOFF_ID: turn.held.handoff_id}


def _named(turn: Turn) -> bool:
    return turn.conversation_id is not None and turn.profile != "utility"


def _classify(turn: Turn) -> Attributes:
    if (seen := turn.classification) is None:
        return {}
    return {
        names.INTENT: seen.intent,
        names.INTENT_SCORE: seen.score,
        names.RISKS: sorted(risk.value for risk in seen.risks),
        names.AUTOMATION: turn.automation.value,
    }


def _look_up(turn: Turn) -> Attributes:
    attributes: dict[str, AttributeValue] = {
        names.CACHE_STATUS: turn.cache.status,
        names.KB_REVISION: turn.knowledge_revision,
        names.KB_HITS: len(turn.sources),
    }
    if turn.cache.age_s is not None:
        attributes[names.CACHE_AGE] = turn.cache.age_s
    if turn.cache.kind is not None:
        attributes[names.CACHE_KIND] = turn.cache.kind
    return attributes


def _route(turn: Turn) -> Attributes:
    return {names.TIER: turn.tier or ""}


def decision_attributes(turn: Turn) -> Attributes:
    """Describe the outcome: action, verdict, confidence, claims by verdict."""
    attributes: dict[str, AttributeValue] = {
        names.ACTION: action_of(turn),
        names.VERDICT: verdict(turn),
    }
    if turn.confidence is not None:
        attributes[names.CONFIDENCE] = turn.confidence
    if (reason := reason_of(turn)) is not None:
        attributes[names.REASON] = reason
    claims = [claim.verdict for claim in turn.claims]
    attributes[names.CLAIMS_TOTAL] = len(claims)
    for name, kind in (
        (names.CLAIMS_SUPPORTED, ClaimVerdict.SUPPORTED),
        (names.CLAIMS_CONTRADICTED, ClaimVerdict.CONTRADICTED),
        (names.CLAIMS_NOT_FOUND, ClaimVerdict.NOT_FOUND),
        (names.CLAIMS_NOT_CHECKABLE, ClaimVerdict.NOT_CHECKABLE),
    ):
        attributes[name] = claims.count(kind)
    return attributes


def _hand_over(turn: Turn) -> Attributes:
    if turn.handoff is None:
        return {}
    goes_to, _ = routing(turn)
    return {
        names.HANDOFF_ID: turn.handoff.id,
        names.HANDOFF_REASON: reason_of(turn) or "",
        names.HANDOFF_OWNER: goes_to.owner,
        names.HANDOFF_PRIORITY: goes_to.priority.value,
    }


def _handed_off(turn: Turn) -> bool:
    return isinstance(turn.decision, HandOff) and not turn.shadow and turn.profile != "utility"


STAGES = {
    "authenticate": StageSpan(names.SPAN_AUTHENTICATE),
    "redact": StageSpan(names.SPAN_REDACT, _redact),
    "hold": StageSpan(names.SPAN_HOLD, _hold, applies=_named),
    "classify": StageSpan(names.SPAN_CLASSIFY, _classify),
    "look_up": StageSpan(names.SPAN_CACHE_LOOKUP, _look_up),
    "route": StageSpan(names.SPAN_ROUTE, _route),
    "settle": StageSpan(names.SPAN_DECIDE, decision_attributes),
    "hand_over": StageSpan(names.SPAN_HANDOFF, _hand_over, "producer", _handed_off),
    "remember": StageSpan(names.SPAN_REMEMBER, lambda t: {names.CACHE_STATUS: t.cache.status}),
    "record": StageSpan(names.SPAN_RECORD),
}


def check_attributes(run: CheckRun, sentence: int) -> Attributes:
    """Describe one run of one check."""
    attributes: dict[str, AttributeValue] = {
        names.VALIDATOR_NAME: run.name,
        names.VALIDATOR_STAGE: "input" if run.scope == "question" else "output",
        names.VALIDATOR_OUTCOME: run.outcome.value,
        names.VALIDATOR_SHADOW: run.shadow,
        names.SENTENCE: sentence,
    }
    if run.score is not None:
        attributes[names.VALIDATOR_SCORE] = run.score
    if run.kind is not None:
        attributes[names.VALIDATOR_REASON] = run.kind.value
    return attributes


def pipeline_attributes(turn: Turn) -> Attributes:
    """Describe the run as a whole."""
    return {
        names.POLICY_ID: turn.policy.id,
        names.POLICY_VERSION: turn.policy.version,
        names.CONFIG_HASH: turn.config_hash,
        names.STREAM: turn.stream,
        names.PROFILE: turn.profile,
        names.SHADOW: turn.shadow,
        names.RESULT_ID: turn.id,
        names.TENANT: turn.caller.tenant,
        names.BOT: turn.caller.bot,
    }
