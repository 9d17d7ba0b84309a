"""The admin port's queue of handoffs: list, claim, reply, resolve, release, reassign, reveal."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import PersonalDataBlocked, RedactionError, RequestError, StoreError
from policies.text import Redacted
from proxy.api.admin import MAX_LIMIT, json_response
from proxy.api.caller import admin
from proxy.api.objects import (
    agent_of,
    flag_of,
    name_of,
    number_of,
    one_of,
    read_object,
    text_of,
    whole_of,
)
from proxy.handoff.case import Case, CaseError, State
from proxy.handoff.closing import DRAFTS, MAX_MINUTES, Outcome, kind_of
from proxy.handoff.moves import Place, check_holder
from proxy.handoff.shown import message_row, places, queue_row
from proxy.records.views import UNKNOWN, rfc3339
from proxy.snapshot import Snapshot

MAX_REPLY = 20_000
MAX_REASON = 300
_MAX_BYTES = 262_144
_MAX_SEQ = 2**62
_ORDERS = ("newest", "urgent")
_STATUS = {"not_found": 404, "forbidden": 403, "unknown_placeholder": 400}
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_[a-z2-7]{4,}\]")

Handler = Callable[[Request], Awaitable[Response]]


def refusing(handler: Handler) -> Handler:
    """Turn what the desk refuses into errors that say what to do."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except CaseError as error:
            status = _STATUS.get(error.code, 409)
            raise RequestError(str(error), status=status, code=error.code, retry=False) from None
        except PersonalDataBlocked as error:
            raise RequestError(
                f"Nothing was stored: {error}. Leave it out, or use the placeholder.",
                code="personal_data_blocked",
            ) from None
        except RedactionError:
            raise RequestError(
                "Personal data could not be removed from the text, so nothing was stored. Try "
                "again, or shorten the text.",
                status=503,
                kind="server_error",
                code="redaction_failed",
            ) from None
        except StoreError as error:
            raise RequestError(
                f"Nothing was changed: {error}. Try again; look at the disk if it goes on.",
                status=503,
                kind="server_error",
                code="store_failed",
            ) from None

    return handle


@refusing
async def listed(request: Request) -> Response:
    """`GET /handoffs?status=&queue=&owner=&agent=&order=newest|urgent&limit=&after=`."""
    snapshot, query = admin(request), request.query_params
    order = one_of(query.get("order"), "order", _ORDERS) or "newest"
    after = query.get("after")
    if after is not None and order != "newest":
        raise RequestError("after goes with order=newest only; raise limit.", param="after")
    found = await run_in_threadpool(
        snapshot.desk.cases,
        state=one_of(query.get("status"), "status", tuple(state.value for state in State)),
        queue=query.get("queue"),
        owner=query.get("owner"),
        agent=query.get("agent"),
        order=order,  # type: ignore[arg-type]  # checked above
        limit=whole_of(query.get("limit", "50"), "limit", MAX_LIMIT, least=1),
        after=after,
    )
    return json_response({"data": [queue_row(case, time.time()) for case in found]})


@refusing
async def show(request: Request) -> Response:
    """`GET /handoffs/{id}`: the packet with its outcome, and what was said since."""
    snapshot, handoff_id = admin(request), request.path_params["id"]
    case = await run_in_threadpool(snapshot.desk.case, handoff_id)
    packet = await _packet(snapshot, case)
    said = await run_in_threadpool(snapshot.desk.messages, case.id)
    row = queue_row(case, time.time())
    packet = {**packet, "outcome": row["outcome"]}
    return json_response({**row, "packet": packet, "messages": [message_row(m) for m in said]})


@refusing
async def messages(request: Request) -> Response:
    """`GET /handoffs/{id}/messages?after=&limit=&for=customer`: what was said since, to poll.

    `for=customer` gives the agents' replies alone, as the customer may read them; those up to
    `after` count as shown and don't come again with the next turn.
    """
    snapshot, query = admin(request), request.query_params
    case = await run_in_threadpool(snapshot.desk.case, request.path_params["id"])
    after = whole_of(query.get("after", "0"), "after", _MAX_SEQ)
    limit = whole_of(query.get("limit", "200"), "limit", MAX_LIMIT, least=1)
    if one_of(query.get("for"), "for", ("customer",)) is None:
        said = await run_in_threadpool(snapshot.desk.messages, case.id, after=after, limit=limit)
        return json_response({"data": [message_row(m) for m in said], "status": case.state.value})
    replies = await run_in_threadpool(
        snapshot.desk.for_customer, case.id, agent_of(request, {}), after=after, limit=limit
    )
    texts = await snapshot.discretion.show(
        case.tenant, case.conversation_id, [kept.text for kept in replies]
    )
    rows = [{**message_row(m), "text": t} for m, t in zip(replies, texts, strict=True)]
    return _private({"data": rows, "status": case.state.value})


@refusing
async def claim(request: Request) -> Response:
    """`POST /handoffs/{id}/claim {agent?}`."""
    snapshot = admin(request)
    body = await read_object(request, ("agent",), _MAX_BYTES)
    return await _done(snapshot.desk.claim, request.path_params["id"], agent_of(request, body))


@refusing
async def reply(request: Request) -> Response:
    """`POST /handoffs/{id}/reply {text or approve: "draft"|"suggestion", agent?}`."""
    snapshot = admin(request)
    body = await read_object(request, ("text", "approve", "agent"), _MAX_BYTES)
    who, desk = agent_of(request, body), snapshot.desk
    case = await run_in_threadpool(desk.case, request.path_params["id"])
    packet = await _packet(snapshot, case)
    drafts = _drafts(packet)
    approved = one_of(body.get("approve"), "approve", ("draft", "suggestion"))
    text = text_of(body, "text", MAX_REPLY)
    if (approved is None) == (text is None):
        raise RequestError('Send text, or approve: "draft" or "suggestion"; one of them.')
    if approved is not None and (text := drafts.get(approved)) is None:
        raise RequestError(f"This handoff has no {approved}; send text.", param="approve")
    clean = await snapshot.discretion.hide(case.tenant, case.conversation_id, text or "")
    kind = kind_of(clean, list(drafts.values()))
    after = await run_in_threadpool(desk.reply, case.id, who, clean, kind)
    reaches = "sinks" if case.conversation_id == UNKNOWN else "next_turn"
    return json_response({**queue_row(after, time.time()), "draft": kind, "reaches": reaches})


@refusing
async def resolve(request: Request) -> Response:
    """`POST /handoffs/{id}/resolve {resolved?, draft?, minutes?, note?, agent?}`."""
    snapshot = admin(request)
    fields = ("resolved", "draft", "minutes", "note")
    body = await read_object(request, (*fields, "outcome", "agent"), _MAX_BYTES)
    given = body.get("outcome") or {}
    if not isinstance(given, dict) or set(given) - set(fields):
        raise RequestError(f"outcome may hold: {', '.join(fields)}.", param="outcome")
    given = {**given, **{name: body[name] for name in fields if name in body}}
    case = await run_in_threadpool(snapshot.desk.case, request.path_params["id"])
    note = text_of(given, "note", MAX_REPLY)
    outcome = Outcome(
        resolved=flag_of(given, "resolved", default=True),
        draft=one_of(given.get("draft"), "draft", DRAFTS),  # type: ignore[arg-type]  # checked
        minutes=number_of(given, "minutes", MAX_MINUTES),
        note=None if note is None else await _hidden(snapshot, case, note),
    )
    return await _done(snapshot.desk.resolve, case.id, agent_of(request, body), outcome)


@refusing
async def release(request: Request) -> Response:
    """`POST /handoffs/{id}/release {agent?}`: the bot answers again."""
    snapshot = admin(request)
    body = await read_object(request, ("agent",), _MAX_BYTES)
    return await _done(snapshot.desk.release, request.path_params["id"], agent_of(request, body))


@refusing
async def reassign(request: Request) -> Response:
    """`POST /handoffs/{id}/reassign {to or owner or queue or backup: true, reason?, agent?}`."""
    snapshot = admin(request)
    known = ("to", "owner", "queue", "backup", "reason", "agent")
    body = await read_object(request, known, _MAX_BYTES)
    case = await run_in_threadpool(snapshot.desk.case, request.path_params["id"])
    place = _place(body, case, snapshot)
    reason = text_of(body, "reason", MAX_REASON)
    why = Redacted("") if reason is None else await _hidden(snapshot, case, reason)
    return await _done(snapshot.desk.reassign, case.id, agent_of(request, body), place, why)


@refusing
async def reveal(request: Request) -> Response:
    """`POST /handoffs/{id}/reveal {reason, agent?}`: values to whoever has the handoff."""
    snapshot = admin(request)
    body = await read_object(request, ("reason", "agent"), _MAX_BYTES)
    who, reason = agent_of(request, body), text_of(body, "reason", MAX_REASON)
    if reason is None:
        raise RequestError("reason is required: why the values are needed.", param="reason")
    case = await run_in_threadpool(snapshot.desk.case, request.path_params["id"])
    check_holder(case, who)
    wanted = await _mentioned(snapshot, case)
    why = await _hidden(snapshot, case, reason)
    values = await snapshot.discretion.values(case.tenant, case.conversation_id, wanted)
    until = rfc3339(time.time() + snapshot.config.handoff.reveal_s)
    # Recorded before anything is shown: what can't be recorded is not shown.
    detail = {"why": why, "values": len(values), "expires_at": until}
    await run_in_threadpool(snapshot.records.audit.record, who, "handoff.reveal", case.id, detail)
    missing = [name for name in wanted if name not in values]
    return _private({"values": values, "missing": missing, "expires_at": until})


async def _done(act: Callable[..., Case], *args: object) -> Response:
    return json_response(queue_row(await run_in_threadpool(act, *args), time.time()))


async def _packet(snapshot: Snapshot, case: Case) -> Mapping[str, Any]:
    found = await run_in_threadpool(snapshot.records.handoff, case.id)
    packet: Mapping[str, Any] = {} if found is None else found["packet"]
    return packet


async def _hidden(snapshot: Snapshot, case: Case, text: str) -> Redacted:
    return await snapshot.discretion.hide(case.tenant, case.conversation_id, text)


async def _mentioned(snapshot: Snapshot, case: Case) -> list[str]:
    """Return the placeholders of the packet and of what was said since, each once."""
    packet = await _packet(snapshot, case)
    listed = [p["token"] for p in packet.get("privacy", {}).get("placeholders", ())]
    said = await run_in_threadpool(snapshot.desk.messages, case.id)
    found = [name for kept in said for name in _PLACEHOLDER.findall(kept.text)]
    return list(dict.fromkeys([*listed, *found]))


def _drafts(packet: Mapping[str, Any]) -> dict[str, str]:
    """Return what may be approved: the withheld draft, and the suggestion from the pages."""
    written = packet.get("draft") or {}
    found = {"draft": written.get("text"), "suggestion": packet.get("suggested_reply")}
    return {name: text for name, text in found.items() if text and text.strip()}


def _place(body: Mapping[str, Any], case: Case, snapshot: Snapshot) -> Place:
    """Return where a handoff is to go; owners and queues are those that the policy names."""
    if flag_of(body, "backup", default=False):
        if case.backup is None:
            raise RequestError(
                f"The policy names no backup of owner {case.owner}: set one under [owners], or "
                "send to, owner or queue.",
                param="backup",
            )
        return Place(owner=case.backup)
    owners, queues = places(snapshot.policy)
    owner = one_of(body.get("owner"), "owner", sorted(owners))
    queue = one_of(body.get("queue"), "queue", sorted(queues))
    to = None if body.get("to") is None else name_of(body["to"], "to")
    if to is None and owner is None and queue is None:
        raise RequestError("Send to (an agent), owner, queue, or backup: true.", param="to")
    return Place(to, owner, queue)


def _private(body: Mapping[str, Any]) -> Response:
    """Return a response that no cache may keep."""
    response = json_response(body)
    response.headers["cache-control"] = "no-store"
    return response
