"""A port without a key is for this machine alone, web pages on it excluded.

A page in a browser can reach loopback ports: across origins, and by a name that it lets
resolve to 127.0.0.1 (DNS rebinding). The first shows in `Origin`, the second in `Host`.
"""

import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from policies.errors import RequestError
from proxy.api.errors import response_of
from proxy.snapshot import Live, Snapshot

_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE | re.ASCII)
_ORIGIN = re.compile(rf"https?://{_HOST.pattern}", re.IGNORECASE | re.ASCII)

Keyless = Callable[[Snapshot], bool]


def no_bot_keys(snapshot: Snapshot) -> bool:
    """Tell whether a bot without a key is let in."""
    try:
        snapshot.authenticate(None)
    except RequestError:
        return False
    return True


def no_admin_key(snapshot: Snapshot) -> bool:
    """Tell whether operators need no key."""
    return snapshot.config.auth.admin_key is None


class LocalOnly:
    """Refuses requests that did not come from this machine's own programs, while keyless."""

    def __init__(self, app: ASGIApp, live: Live, keyless: Keyless) -> None:
        """Guard `app` wherever `keyless` holds for the current snapshot."""
        self._app = app
        self._live = live
        self._keyless = keyless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            why = _foreign(Headers(scope=scope))
            if why is not None and self._keyless(self._live.current):
                await response_of(_refused(why))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _foreign(headers: Headers) -> str | None:
    """Name the header that speaks of another machine or a web page."""
    if not all(_HOST.fullmatch(host) for host in headers.getlist("host")):
        return "Host"
    if not all(_ORIGIN.fullmatch(origin) for origin in headers.getlist("origin")):
        return "Origin"
    return None


def _refused(header: str) -> RequestError:
    return RequestError(
        f"While no key is set, this port takes only requests from programs on this machine: the "
        f"{header} header must name 127.0.0.1, localhost or [::1]. To allow others, set a key "
        "(`handrail keys add --bot NAME`, or admin_key under [auth] for the admin port).",
        status=403,
        code="forbidden",
        retry=False,
    )
