"""Authentication for routes beside the pipeline; the pipeline's own is its first stage."""

import hmac

from starlette.requests import Request

from policies.errors import RequestError
from proxy.snapshot import Live, Snapshot


def bearer(request: Request) -> str | None:
    """Return the bearer key of a request."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.casefold() == "bearer" else None


async def authenticated(request: Request) -> Snapshot:
    """Check a bot's key. Raises the 401 that SDKs know."""
    live: Live = request.app.state.live
    live.current.authenticate(bearer(request))
    return live.current


def admin(request: Request) -> Snapshot:
    """Check the admin key, where one is set. Raises a 401."""
    live: Live = request.app.state.live
    expected = live.current.config.auth.admin_key
    if expected is not None:
        given = bearer(request) or ""
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise RequestError(
                "The admin port needs Authorization: Bearer ADMIN_KEY ([auth] admin_key).",
                status=401,
                code="invalid_api_key",
            )
    return live.current
