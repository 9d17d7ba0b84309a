"""Every error leaves as the OpenAI envelope; SDKs lose the message of any other shape."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policies.errors import RequestError
from proxy.wire.chat import error_body
from proxy.wire.headers import error_headers, new_request_id

log = logging.getLogger("handrail.api")


def response_of(error: RequestError) -> Response:
    """Return the response for an error."""
    headers = {"x-request-id": new_request_id(), **error_headers(error)}
    return Response(error_body(error), error.status, headers, media_type="application/json")


async def on_request_error(_: Request, error: Exception) -> Response:
    """Handle `RequestError`."""
    if not isinstance(error, RequestError):
        raise error
    return response_of(error)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handle what the router refuses: unknown routes and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:  # noqa: PLR2004 - HTTP
        message = (
            "There is no such route here. Handrail serves only routes that it checks: "
            "POST /v1/chat/completions, /v1/responses, /v1/embeddings and /v1/moderations, "
            "GET /v1/models."
        )
        return response_of(RequestError(message, status=404, code="not_found"))
    if status == 405:  # noqa: PLR2004 - HTTP
        message = f"This route does not take {request.method}."
        refused = response_of(RequestError(message, status=405, code="method_not_allowed"))
        refused.headers.update(getattr(error, "headers", None) or {})
        return refused
    return response_of(RequestError("The request could not be served.", status=status))


class LastResort:
    """Turns what nobody expected into the envelope, inside everything that logs tracebacks.

    Starlette and the server would write the error's message to the log, and a message may
    quote what the customer wrote. So only the type of the error goes on.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - see above
            response = await on_bug(Request(scope), error)
            if not started:
                await response(scope, receive, send)


async def on_bug(request: Request, error: Exception) -> Response:
    """Handle what nobody expected: only the type is logged, a message may quote text."""
    route = getattr(request.scope.get("route"), "path", "an unknown route")
    log.error("%s %s failed: %s", request.method, route, type(error).__name__)
    message = "Handrail failed to serve this request; its log names the kind of failure."
    return response_of(
        RequestError(message, status=500, kind="server_error", code="internal_error", retry=False)
    )
