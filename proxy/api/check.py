"""The admin port's asking routes: check, redact, classify. No model is called."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import RedactionError, RequestError
from policies.messages import Message
from policies.policy import Automation, Policy
from policies.turn import Classification
from proxy.api.admin import json_response
from proxy.api.body import read_body
from proxy.api.caller import admin
from proxy.check import check_answer
from proxy.records.build import decision_record
from proxy.snapshot import Snapshot
from proxy.wire.request import check_messages, conversation_of
from validators.base import Redaction


async def check(request: Request) -> Response:
    """`{messages or question, answer, context?, intent?, knowledge?}` -> a decision."""
    snapshot = admin(request)
    body = await _body(request, snapshot)
    _known(
        body,
        {"messages", "question", "answer", "context", "intent", "knowledge", "scope", "locale"},
    )
    answer = _text(body, "answer")
    try:
        turn = await check_answer(
            snapshot,
            _messages(body, "question"),
            answer,
            context=_list(body, "context"),
            intent=_optional(body, "intent"),
            knowledge=body.get("knowledge") is not False,
            scope=_scope(body),
            locale=_optional(body, "locale"),
        )
    except RecursionError:
        raise RequestError("The request body is nested too deeply.") from None
    return json_response(decision_record(turn))


async def redact(request: Request) -> Response:
    """`{text or messages, conversation_id?}` -> redacted text and spans."""
    snapshot = admin(request)
    body = await _body(request, snapshot)
    _known(body, {"text", "messages", "conversation_id", "tenant"})
    done = await _redacted(
        snapshot,
        conversation_of({"messages": _messages(body, "text")}),
        tenant=_optional(body, "tenant") or "default",
        conversation_id=_optional(body, "conversation_id"),
    )
    shown = [
        {
            "text": text,
            "spans": [
                {
                    "start": s.start,
                    "end": s.end,
                    "type": s.type,
                    "score": round(s.score, 4),
                    "placeholder": s.placeholder,
                }
                for s in spans
            ],
        }
        for text, spans in zip(done.texts, done.spans, strict=True)
    ]
    return json_response(shown[0] if "text" in body else {"messages": shown})


async def classify(request: Request) -> Response:
    """`{text or messages}` -> intent, score, alternatives, sentiment, risk flags."""
    snapshot = admin(request)
    body = await _body(request, snapshot)
    _known(body, {"text", "messages"})
    plain = conversation_of({"messages": _messages(body, "text")})
    done = await _redacted(snapshot, plain)
    clean = [replace(m, text=text) for m, text in zip(plain, done.texts, strict=True)]
    seen = await snapshot.classifier.classify(clean)
    return json_response(
        {
            "intent": seen.intent,
            "score": round(seen.score, 4),
            "in_scope": seen.in_scope,
            "alternatives": [{"intent": n, "score": round(s, 4)} for n, s in seen.alternatives],
            "sentiment": round(seen.sentiment, 4),
            "risk": sorted(risk.value for risk in seen.risks),
            "amounts": [{"value": m.value, "currency": m.currency} for m in seen.amounts],
            "automation": _automation(snapshot.policy, seen).value,
        }
    )


def _automation(policy: Policy, seen: Classification) -> Automation:
    """The strictest of the intent's and every risk's, as for a turn."""
    risks = [policy.risks[risk].automation for risk in seen.risks if risk in policy.risks]
    return max([policy.rule(seen.intent).automation, *risks], key=list(Automation).index)


async def _redacted(
    snapshot: Snapshot,
    messages: Sequence[Message],
    *,
    tenant: str = "default",
    conversation_id: str | None = None,
) -> Redaction:
    texts = [message.text for message in messages]
    try:
        return await snapshot.redactor.redact(texts, tenant=tenant, conversation_id=conversation_id)
    except RedactionError:
        raise RequestError(
            "Personal data could not be removed from this text; handrail's log says why.",
            status=503,
            kind="server_error",
            code="redaction_failed",
        ) from None


async def _body(request: Request, snapshot: Snapshot) -> dict[str, Any]:
    data = await read_body(request, snapshot.config.server.max_body_bytes)
    try:
        body = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        raise RequestError("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    return body


def _known(body: Mapping[str, Any], known: set[str]) -> None:
    for key in body:
        if key not in known:
            raise RequestError(
                f"{key[:40]} is unknown; known: {', '.join(sorted(known))}.", param=key[:40]
            )


def _messages(body: Mapping[str, Any], short: str) -> Sequence[Mapping[str, Any]]:
    """Read `messages`, or the short form: one text of the customer."""
    if "messages" in body:
        check_messages(body["messages"])
        messages: Sequence[Mapping[str, Any]] = body["messages"]
        return messages
    return [{"role": "user", "content": _text(body, short)}]


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise RequestError(f"{key} is required: a string.", param=key)
    return value


def _optional(body: Mapping[str, Any], key: str) -> str | None:
    if body.get(key) is None:
        return None
    return _text(body, key)


def _list(body: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = body.get(key) or []
    if not isinstance(value, list):
        raise RequestError(f"{key} must be a list.", param=key)
    return value


def _scope(body: Mapping[str, Any]) -> dict[str, str]:
    scope = body.get("scope") or {}
    if not isinstance(scope, dict) or not all(isinstance(v, str) for v in scope.values()):
        raise RequestError("scope must be an object of strings.", param="scope")
    return scope
