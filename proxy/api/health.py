"""Probes, as Kubernetes means them. Neither depends on a provider."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from policies.errors import StoreError
from proxy.snapshot import Live


async def livez(_: Request) -> Response:
    """The process serves."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Configuration, knowledge and stores are usable; 503 while draining."""
    live: Live = request.app.state.live
    problems: list[str] = []
    if live.draining:
        problems.append("draining")
    try:
        await run_in_threadpool(live.current.records.ping)
    except StoreError:
        problems.append("records can't be written")
    body = {
        "status": "unavailable" if problems else "ok",
        "problems": problems,
        "config": live.current.hash,
        "knowledge": live.current.knowledge.revision[:12],
        "retrieval": getattr(live.current.knowledge, "retrieval", "lexical"),
    }
    return JSONResponse(body, 503 if problems else 200)
