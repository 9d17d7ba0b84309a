"""The admin port's routes to cached answers: look, approve, evict, fill."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cache.base import CacheEntry, CacheStore
from policies.errors import RequestError, StoreError
from policies.turn import NOTHING
from proxy.api.admin import MAX_LIMIT, json_response
from proxy.api.caller import admin
from proxy.api.objects import agent_of, one_of, read_object, text_of, whole_of
from proxy.records.views import rfc3339
from proxy.snapshot import Snapshot
from proxy.warm import Warmer, Wish, rehearsal
from proxy.wire.request import check_fields

T = TypeVar("T")

STATUSES = ("approved", "pending")
MAX_QUESTIONS = 100
"""Questions of one request to fill the cache; each may call a model."""
_MAX_BYTES = 262_144
_MAX_QUESTION = 2000
_MAX_SYSTEM = 100_000
_WARMING = ("questions", "model", "system", "parameters", "locale", "scope", "tenant")


def routes(prefix: str) -> list[Route]:
    """Return the routes; `warm` comes before any entry's id."""
    return [
        Route(f"{prefix}/cache", listed, methods=["GET"]),
        Route(f"{prefix}/cache", clear, methods=["DELETE"]),
        Route(f"{prefix}/cache/warm", warm, methods=["POST"]),
        Route(f"{prefix}/cache/{{id}}", show, methods=["GET"]),
        Route(f"{prefix}/cache/{{id}}", evict, methods=["DELETE"]),
        Route(f"{prefix}/cache/{{id}}/approve", approve, methods=["POST"]),
    ]


async def listed(request: Request) -> Response:
    """`GET ?tenant=&status=&limit=`: entries, newest first."""
    store, query = _store(admin(request)), request.query_params
    _known(query, ("tenant", "status", "limit"))
    status = one_of(query.get("status"), "status", STATUSES)
    limit = whole_of(query.get("limit", "50"), "limit", MAX_LIMIT, least=1)
    # Those of one status may lie far behind: everything is read, as the store does anyway.
    most = limit if status is None else 1_000_000
    entries = await _do(lambda: store.entries(query.get("tenant"), most))
    wanted = [e for e in entries if status in (None, _status(e))][:limit]
    return json_response({"data": [_summary(entry) for entry in wanted]})


async def show(request: Request) -> Response:
    """`GET`: one entry with its claims and their evidence."""
    store, wanted = _store(admin(request)), request.path_params["id"]
    entry = await _do(lambda: store.find(wanted))
    if entry is None:
        raise _missing()
    return json_response({**_summary(entry), "claims": entry.claims})


async def evict(request: Request) -> Response:
    """`DELETE`: nobody gets this answer again."""
    snapshot, wanted = admin(request), request.path_params["id"]
    store = _store(snapshot)
    if not await _do(lambda: store.delete(wanted)):
        raise _missing()
    await _audited(request, "cache.evict", wanted)
    return json_response({"id": wanted, "evicted": True})


async def clear(request: Request) -> Response:
    """`DELETE ?tenant=`: all answers, or those of one tenant."""
    snapshot, query = admin(request), request.query_params
    _known(query, ("tenant",))
    store = _store(snapshot)
    count = await _do(lambda: store.clear(query.get("tenant")))
    await _audited(request, "cache.clear", query.get("tenant") or "*", {"count": count})
    return json_response({"evicted": count})


async def approve(request: Request) -> Response:
    """`POST`: in review mode, let an answer be given to customers."""
    snapshot, wanted = admin(request), request.path_params["id"]
    store = _store(snapshot)
    if not await _do(lambda: store.approve(wanted)):
        raise _missing()
    await _audited(request, "cache.approve", wanted)
    return json_response({"id": wanted, "status": "approved"})


async def warm(request: Request) -> Response:
    """`POST {questions, model?, system?, parameters?, locale?, scope?, tenant?}`."""
    snapshot = admin(request)
    _store(snapshot)
    body = await read_object(request, _WARMING, _MAX_BYTES)
    questions, wish = _questions(body), _wish(snapshot, body)
    warmer = Warmer(
        rehearsal(snapshot.pipeline.parts),
        snapshot.telemetry,
        snapshot.policy,
        snapshot.hash,
        snapshot.config.cache.min_confidence,
    )
    done = await warmer.warm(questions, wish)
    counts = {"questions": len(done), "stored": sum(w.status == "stored" for w in done)}
    await _audited(request, "cache.warm", wish.tenant, counts)
    shown = [
        {"n": n, "status": w.status, "id": w.entry_id, "reason": w.reason}
        for n, w in enumerate(done)
    ]
    return json_response({"data": shown})


def _summary(entry: CacheEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "tenant": entry.tenant,
        "status": _status(entry),
        "intent": entry.intent,
        "question": entry.question,
        "answer": entry.answer,
        "confidence": round(entry.confidence, 4),
        "stored_at": rfc3339(entry.stored_at),
        "result_id": entry.result_id,
    }


def _status(entry: CacheEntry) -> str:
    return "approved" if entry.approved else "pending"


def _store(snapshot: Snapshot) -> CacheStore:
    if snapshot.cache is None:
        raise RequestError(
            "There is no answer cache: it is off ([cache] enabled in config.toml), or could not be "
            "opened; then handrail's log says why.",
            status=409,
            code="cache_off",
        )
    return snapshot.cache


async def _do(call: Callable[[], T]) -> T:
    try:
        return await run_in_threadpool(call)
    except StoreError as error:
        raise RequestError(
            f"The answer cache can't be used: {error}. Answers are made anew meanwhile.",
            status=503,
            kind="server_error",
            code="cache_failed",
        ) from None


async def _audited(
    request: Request, action: str, target: str, detail: Mapping[str, Any] = NOTHING
) -> None:
    audit = admin(request).records.audit
    actor = agent_of(request, {})
    await _do(lambda: audit.record(actor, action, target, detail))


def _questions(body: Mapping[str, Any]) -> Sequence[str]:
    given = body.get("questions")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_QUESTIONS:
        raise RequestError(
            f"questions must be a list of 1 to {MAX_QUESTIONS} texts.", param="questions"
        )
    for item in given:
        text_of({"questions": item}, "questions", _MAX_QUESTION)
        if item is None:
            raise RequestError("questions must hold texts only.", param="questions")
    return given


def _wish(snapshot: Snapshot, body: Mapping[str, Any]) -> Wish:
    model = text_of(body, "model", 200) or _first_alias(snapshot)
    if snapshot.alias(model).profile != "support":
        raise RequestError("model must be one whose answers are checked.", param="model")
    parameters = body.get("parameters") or {}
    if not isinstance(parameters, dict) or parameters.keys() & {"messages", "model", "handrail"}:
        raise RequestError(
            "parameters must be an object of request fields without model, messages and handrail.",
            param="parameters",
        )
    check_fields({**parameters, "model": model})
    scope = body.get("scope") or {}
    if not isinstance(scope, dict) or not all(isinstance(v, str) for v in scope.values()):
        raise RequestError("scope must be an object of strings.", param="scope")
    return Wish(
        model,
        text_of(body, "system", _MAX_SYSTEM),
        parameters,
        text_of(body, "locale", 40),
        scope,
        text_of(body, "tenant", 200) or "default",
    )


def _first_alias(snapshot: Snapshot) -> str:
    """What bots send as `model` where there is no choice: the first alias that is checked."""
    aliases = snapshot.config.aliases
    checked = [name for name, alias in aliases.items() if alias.profile == "support"]
    return next((name for name in checked if name != "*"), "default")


def _known(query: Mapping[str, str], known: Sequence[str]) -> None:
    for name in sorted(set(query) - set(known)):
        raise RequestError(f"{name[:40]} is unknown; known: {', '.join(known)}.", param=name[:40])


def _missing() -> RequestError:
    return RequestError("There is no such cached answer.", status=404, code="not_found")
