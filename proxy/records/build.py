"""From a finished turn to what is kept of it, and to what the bot is told. Pure."""

import re
from collections import Counter
from typing import Any

from policies.confidence import verdict
from policies.findings import CheckRun, ClaimVerdict, Outcome, Reason
from policies.turn import Turn
from proxy.records import views

WORST = (Outcome.PASS, Outcome.WARN, Outcome.NOT_RUN, Outcome.FAIL, Outcome.ERROR)
"""Outcomes of one check's runs, from best to worst: the worst speaks for all."""
_MODEL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._:/+-]{0,99}")


def decision_record(turn: Turn) -> dict[str, Any]:
    """Return what is kept of a turn: schemas/decision.json plus fields of our own.

    Text with placeholders only; JSON values only.
    """
    return {
        **_head(turn),
        **_origin(turn),
        **_texts(turn),
        "validators": _validators(turn, full=True),
        "claims": views.claim_objects(turn),
        "citations": _citations(turn, titles=True),
        "automation": turn.automation.value,
        "risk": sorted(_risks(turn)),
        "explanation": list(turn.decision.fired) if turn.decision else [],
        "versions": {
            "config": turn.config_hash,
            "policy": turn.policy.version,
            "calibration": turn.policy.calibration.label,
            "knowledge": turn.knowledge_revision,
        },
        "model": _model(turn),
        "usage": dict(turn.served.usage),
        "cost_usd": turn.served.cost_usd,
        "marks": {name: round(ms, 3) for name, ms in turn.marks.items()},
    }


def result_object(turn: Turn, detail: str = "summary") -> dict[str, Any]:
    """Return the response's `handrail` object: schemas/handrail_result.json.

    Holds no text, no personal data, no passage. `detail` is `summary` or `full`; `full`
    adds scores, reasons and durations per check and the pages cited, by id only.
    """
    full = detail == "full"
    result = {**_head(turn), "validators": _validators(turn, full=full), "claims": _counts(turn)}
    if full:
        result["citations"] = _citations(turn, titles=False)
    return result


def _head(turn: Turn) -> dict[str, Any]:
    """The part that a record and a result share."""
    head: dict[str, Any] = {
        "version": "1",
        "id": turn.id,
        "action": views.action_of(turn),
        "verdict": verdict(turn),
        "confidence": views.probability(turn.confidence),
        "reason": _value(views.reason_of(turn)),
        "policy": {"id": turn.policy.id, "version": turn.policy.version},
        "pii": {"redacted": bool(turn.entities), "entity_counts": dict(turn.entities)},
        "cache": _cache(turn),
        "route": _route(turn),
        "handoff": _handoff(turn),
    }
    if trace := views.trace_id(turn):
        head["trace_id"] = trace
    if seen := turn.classification:
        head["intent"] = {"name": seen.intent, "score": views.probability(seen.score)}
    if turn.shadow and turn.decision is not None:
        head["shadow"] = {
            "action": views.decided_action(turn.decision),
            "reason": _value(views.decided_reason(turn.decision)),
        }
    return head


def _origin(turn: Turn) -> dict[str, Any]:
    """Whose request it was, and when."""
    return {
        "created_at": views.rfc3339(turn.created),
        "request_id": turn.request_id,
        "tenant": turn.caller.tenant,
        "bot": turn.caller.bot,
        "key_id": turn.caller.key_id,
        "conversation": turn.conversation_id or views.UNKNOWN,
        "customer_ref": turn.customer_ref,
        "locale": turn.locale,
        "api": turn.route,
        "profile": turn.profile,
        "stream": turn.stream,
        "disconnected": turn.disconnected,
    }


def _texts(turn: Turn) -> dict[str, Any]:
    drafts = list(views.answer_texts(turn))
    texts: dict[str, Any] = {
        "question": turn.question,
        "answer": drafts[0] if drafts else None,
        "released": turn.answers[0].released if turn.answers else "",
        "notice": turn.notice,
    }
    if len(drafts) > 1:
        texts["answers"] = [
            {"choice": a.choice, "text": text, "released": a.released}
            for a, text in zip(turn.answers, drafts, strict=True)
        ]
    return texts


def _validators(turn: Turn, *, full: bool) -> list[dict[str, Any]]:
    by_name: dict[str, list[CheckRun]] = {}
    for run in turn.checks:
        by_name.setdefault(run.name, []).append(run)
    return [_validator(turn, runs, full=full) for runs in by_name.values()]


def _validator(turn: Turn, runs: list[CheckRun], *, full: bool) -> dict[str, Any]:
    """Merge the runs of one check: one per sentence, say."""
    worst = max(runs, key=lambda run: WORST.index(run.outcome))
    merged: dict[str, Any] = {
        "name": worst.name,
        "stage": "input" if worst.scope == "question" else "output",
        "outcome": worst.outcome.value,
        "action": _led_to(turn, runs),
    }
    if worst.shadow:
        merged["shadow"] = True
    if not full:
        return merged
    scores = [s for run in runs if (s := views.number(run.score)) is not None]
    merged["score"] = min(scores, default=None)
    merged["duration_ms"] = round(sum(run.duration_ms for run in runs), 3)
    merged["runs"] = len(runs)
    if worst.kind is not None:
        merged["reason_code"] = worst.kind.value
    if worst.error_type is not None:
        merged["error_type"] = worst.error_type
    return merged


def _led_to(turn: Turn, runs: list[CheckRun]) -> str:
    """What the check brought about: `none` unless it gave the decision's reason."""
    reason = views.reason_of(turn)
    gave = any(
        run.kind is reason and run.outcome in (Outcome.FAIL, Outcome.ERROR) and not run.shadow
        for run in runs
    )
    return views.action_of(turn) if reason is not None and gave else "none"


def _counts(turn: Turn) -> dict[str, int]:
    counts = Counter(claim.verdict for claim in turn.claims)
    return {"total": counts.total(), **{v.value: counts[v] for v in ClaimVerdict}}


def _citations(turn: Turn, *, titles: bool) -> list[dict[str, str]]:
    """The pages that support the answer, each once."""
    pages = {
        evidence.source_id: views.source(evidence)
        for claim in turn.claims
        if claim.verdict is ClaimVerdict.SUPPORTED
        for evidence in claim.evidence
    }
    return list(pages.values()) if titles else [{"source_id": name} for name in pages]


def _cache(turn: Turn) -> dict[str, Any]:
    age = views.number(turn.cache.age_s)
    return {"status": turn.cache.status} | ({} if age is None else {"age_s": age})


def _route(turn: Turn) -> dict[str, str]:
    named = {
        "tier": turn.tier or "",
        "requested_model": _model_name(turn.alias),
        "served_model": turn.served.model,
    }
    return {key: value for key, value in named.items() if value}


def _model_name(alias: str) -> str:
    """Return the model asked for; the alias `*` takes any text, which could be personal."""
    return alias if not alias or _MODEL_NAME.fullmatch(alias) else "*"


def _handoff(turn: Turn) -> dict[str, str] | None:
    ref = turn.handoff
    return None if ref is None else {"id": ref.id, "status": ref.status, "queue": ref.queue}


def _model(turn: Turn) -> dict[str, Any]:
    served = turn.served
    return {
        "provider": served.provider,
        "name": served.model,
        "upstream": served.upstream_model,
        "attempts": served.attempts,
        "error": served.error,
    }


def _value(reason: Reason | None) -> str | None:
    return None if reason is None else reason.value


def _risks(turn: Turn) -> set[str]:
    return {risk.value for risk in turn.classification.risks} if turn.classification else set()
