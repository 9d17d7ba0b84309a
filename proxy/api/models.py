"""GET /v1/models: the aliases of config.toml."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from proxy.api.caller import authenticated
from proxy.snapshot import Snapshot
from proxy.wire.headers import new_request_id

CREATED = 1767225600
"""A fixed time: aliases have none of their own, and clients want one."""


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "handrail"}


def _answer(body: dict[str, object]) -> Response:
    return JSONResponse(body, headers={"x-request-id": new_request_id()})


async def list_models(request: Request) -> Response:
    """List all aliases."""
    snapshot = await authenticated(request)
    return _answer({"object": "list", "data": [_model(n) for n in snapshot.config.aliases]})


async def get_model(request: Request) -> Response:
    """Describe one alias; any name where `*` is defined."""
    snapshot: Snapshot = await authenticated(request)
    name = request.path_params["name"]
    snapshot.alias(name)
    return _answer(_model(name))
