"""What a person gets with a conversation: schemas/handoff_packet.json. Pure.

Text with placeholders only: the vault gives its keys, never its values.
"""

import re
from typing import Any

from policies.decision import HandOff
from policies.findings import Finding, Severity
from policies.messages import Message, Role
from policies.routing import routing
from policies.rules import language
from policies.turn import Turn
from proxy.handoff.advice import advice, sentences
from proxy.handoff.ids import idempotency_key
from proxy.handoff.summary import summarise
from proxy.handoff.urgency import priority_of
from proxy.models.select import Closeness
from proxy.records import views

MAX_MESSAGES = 200
"""The newest messages of a conversation; a desk shows no more."""
MAX_TEXT = 20_000
"""Characters kept per message: a tool may answer with megabytes."""
SENTIMENT_EDGE = 0.3
"""Beyond this a weak signal is worth a label."""

_ROLES = {Role.USER: "customer", Role.ASSISTANT: "bot", Role.TOOL: "tool"}
_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*)_[a-z2-7]+\]")
_NO_TRACE = "0" * 32


def build_packet(  # noqa: PLR0913 - what a packet is made of
    turn: Turn,
    *,
    handoff_id: str,
    now: float,
    environment: str,
    key: bytes,
    closeness: Closeness | None = None,
) -> dict[str, Any]:
    """Return the packet of a turn whose decision is `HandOff`.

    `now` is Unix time in seconds; `key` makes the idempotency key; `closeness` is for the
    suggested reply, see `advice`. Blocking, milliseconds. Raises `ValueError`
    for a turn that is not handed off.
    """
    if not isinstance(turn.decision, HandOff):
        msg = "only a turn that is handed off has a packet"
        raise ValueError(msg)  # noqa: TRY004 - the turn has the right type, not the right state
    advised = advice(turn, closeness)
    packet: dict[str, Any] = {
        "schema_version": "1.0",
        "handoff_id": handoff_id,
        "idempotency_key": idempotency_key(turn, key),
        "created_at": views.rfc3339(now),
        "tenant": turn.caller.tenant,
        "bot": turn.caller.bot,
        "environment": environment,
        "result_id": turn.id,
        "conversation": _conversation(turn),
        "privacy": {"mode": "redacted", "placeholders": _placeholders(turn)},
        "trigger": _trigger(turn, turn.decision),
        "draft": _draft(turn, advised["suggested_reply"]),
        "customer_saw": turn.notice,
        "claims": views.claim_objects(turn),
        "confidence": views.probability(turn.confidence),
        "flags": _flags(turn, turn.decision),
        "routing": _routing(turn, now),
        "kb": _kb(turn, turn.decision),
        **advised,
        "trace": _trace(turn),
        "outcome": None,
    }
    if turn.customer_ref is not None:
        packet["customer"] = {"ref": turn.customer_ref}
    return {**packet, **_seen(turn)}


def _conversation(turn: Turn) -> dict[str, Any]:
    shown = [m for m in turn.conversation if m.role in _ROLES]
    kept = shown[-MAX_MESSAGES:]
    long = any(len(m.text) > MAX_TEXT for m in kept)
    conversation = {
        "id": turn.conversation_id or views.UNKNOWN,
        "turn_count": sum(m.role is Role.USER for m in turn.conversation),
        "summary": summarise(turn),
        "messages": [_message(m) for m in kept],
        "truncated": long or len(kept) < len(shown),
    }
    spoken = turn.locale or language(turn)
    return conversation if spoken is None else {**conversation, "locale": spoken}


def _message(message: Message) -> dict[str, str]:
    role = "tool" if message.tool_call else _ROLES[message.role]
    return {"role": role, "text": views.shortened(message.text, MAX_TEXT)}


def _placeholders(turn: Turn) -> list[dict[str, str]]:
    return [{"token": token, "entity_type": _entity_type(token)} for token in sorted(turn.vault)]


def _entity_type(token: str) -> str:
    found = _PLACEHOLDER.fullmatch(token)
    return found[1] if found else "UNKNOWN"


def _trigger(turn: Turn, decision: HandOff) -> dict[str, Any]:
    trigger: dict[str, Any] = {
        "reason_code": decision.reason.value,
        "detail": "; ".join(decision.fired),
        "policy": {
            "id": turn.policy.id,
            "version": turn.policy.version,
            "config_hash": turn.config_hash,
        },
    }
    if (finding := _decisive(turn, decision)) is not None:
        trigger["validator"] = finding.check
        trigger["detail"] = finding.reason or trigger["detail"]
    return trigger


def _decisive(turn: Turn, decision: HandOff) -> Finding | None:
    """The first failed finding that gave the decision its reason."""
    failed = (f for f in turn.findings if f.severity is Severity.FAIL)
    return next((f for f in failed if f.kind is decision.reason), None)


def _draft(turn: Turn, suggested: str | None) -> dict[str, Any] | None:
    """What the model wrote; None if none was called."""
    if not turn.answers and not turn.served.attempts:
        return None
    released = "\n\n".join(a.released for a in turn.answers if a.released)
    draft: dict[str, Any] = {
        "text": "\n\n".join(text for text in views.answer_texts(turn) if text),
        "sent_to_customer": "partial" if released else "none",
        "released_text": released,
        "customer_saw": turn.notice,
        "sentences": sentences(turn),
    }
    if suggested:
        draft["suggested_reply"] = suggested
    if model := turn.served.upstream_model or turn.served.model:
        draft["model"] = model
    calls = [c for answer in turn.answers for c in answer.tool_calls]
    if calls:
        draft["tool_calls"] = [{"name": c.name, "arguments": c.arguments} for c in calls]
    return draft


def _flags(turn: Turn, decision: HandOff) -> list[str]:
    risks = turn.classification.risks if turn.classification else ()
    failed = [f.kind for f in turn.findings if f.severity is Severity.FAIL and f.kind]
    labels = [*risks, decision.reason, *failed]
    return views.unique(label.value for label in labels)


def _routing(turn: Turn, now: float) -> dict[str, Any]:
    goes_to, rule = routing(turn)
    due = views.rfc3339(now + 60 * goes_to.sla_minutes)
    return {
        "owner": goes_to.owner,
        "queue_id": goes_to.queue,
        "skills": list(goes_to.skills),
        "priority": priority_of(turn).value,
        "sla": {"first_response_due_at": due, "policy": rule},
        **({} if goes_to.backup is None else {"backup_owner": goes_to.backup}),
    }


def _kb(turn: Turn, decision: HandOff) -> dict[str, Any]:
    gap = decision.reason == "not_in_kb"
    kb: dict[str, Any] = {"revision": turn.knowledge_revision, "gap": gap}
    return {**kb, "gap_topic": turn.intent} if gap and turn.intent else kb


def _seen(turn: Turn) -> dict[str, Any]:
    """Intent and mood, if the turn got as far as being classified."""
    if (seen := turn.classification) is None:
        return {}
    mood = max(-1.0, min(1.0, views.number(seen.sentiment) or 0.0))
    label = "neutral" if abs(mood) < SENTIMENT_EDGE else "positive" if mood > 0 else "negative"
    others = [{"label": n, "score": views.probability(s)} for n, s in seen.alternatives]
    return {
        "intent": {
            "label": seen.intent,
            "score": views.probability(seen.score) or 0.0,
            "alternatives": others,
        },
        "sentiment": {"label": label, "score": mood},
    }


def _trace(turn: Turn) -> dict[str, str]:
    trace = views.trace_id(turn) or _NO_TRACE
    parts = {"trace_id": trace, "request_id": turn.request_id}
    if re.fullmatch("[0-9a-f]{16}", turn.span_id) and trace != _NO_TRACE:
        parts |= {"span_id": turn.span_id, "traceparent": f"00-{trace}-{turn.span_id}-01"}
    return parts
