"""The admin port's audit log: who did what, newest first."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import RequestError, StoreError
from proxy.api.admin import MAX_LIMIT, json_response
from proxy.api.caller import admin
from proxy.api.objects import whole_of

_MAX_SEQ = 2**62
_FILTERS = ("actor", "action", "target")


async def entries(request: Request) -> Response:
    """`GET /audit?actor=&action=&target=&limit=&after=`; `after` is the last `seq` seen."""
    log, query = admin(request).records.audit, request.query_params
    unknown = sorted(set(query) - {*_FILTERS, "limit", "after"})
    if unknown:
        raise RequestError(
            f"{unknown[0][:40]} is unknown; known: after, limit, {', '.join(_FILTERS)}.",
            param=unknown[0][:40],
        )
    after = query.get("after")
    try:
        found = await run_in_threadpool(
            log.entries,
            **{name: query.get(name) for name in _FILTERS},
            limit=whole_of(query.get("limit", "50"), "limit", MAX_LIMIT, least=1),
            after=None if after is None else whole_of(after, "after", _MAX_SEQ),
        )
    except StoreError as error:
        raise RequestError(
            f"The audit log can't be read: {error}", status=503, kind="server_error"
        ) from None
    return json_response({"data": found})
