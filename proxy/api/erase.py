"""The admin port's erasing routes. The name of who is erased is never logged or sent back."""

from collections.abc import Callable
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from policies.errors import RequestError, StoreError
from proxy.api.admin import json_response
from proxy.api.caller import admin
from proxy.erasure import Erased


async def customer(request: Request) -> Response:
    """`DELETE /customers/{ref}?tenant=`: every conversation that named the reference."""
    return await _erase(request, admin(request).erasure.customer)


async def conversation(request: Request) -> Response:
    """`DELETE /conversations/{id}?tenant=`: one conversation."""
    return await _erase(request, admin(request).erasure.conversation)


async def _erase(request: Request, erase: Callable[[str, str], Erased]) -> Response:
    """Answer 200 with counts, again and again: erased is erased."""
    unknown = set(request.query_params) - {"tenant"}
    if unknown:
        raise RequestError(
            f"{min(unknown)[:40]} is unknown; known: tenant.", param=min(unknown)[:40]
        )
    tenant = request.query_params.get("tenant", "default")
    # What was decided but not yet written would come back.
    await admin(request).settled()
    try:
        done = await run_in_threadpool(erase, tenant, request.path_params["name"])
    except ValueError as error:
        raise RequestError(f"Nothing was erased: {error}.") from None
    except StoreError as error:
        raise RequestError(
            f"Not everything could be erased: {error}. Send the same request again: what is "
            "erased already does no harm.",
            status=503,
            kind="server_error",
            code="erasure_failed",
        ) from None
    return json_response({"tenant": tenant, "erased": asdict(done)})
