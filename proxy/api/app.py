"""The two applications: the proxy's port and the admin's port."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from policies.errors import RequestError
from proxy.api import admin, audit, cached, check, desk, erase, health, models, tighten
from proxy.api.chat import ROUTE, ChatEndpoint
from proxy.api.errors import LastResort, on_http_error, on_request_error
from proxy.api.forwarded import embeddings, moderations
from proxy.api.local import Keyless, LocalOnly, no_admin_key, no_bot_keys
from proxy.api.responses import response_routes
from proxy.snapshot import Live

_HANDLERS = {
    RequestError: on_request_error,
    HTTPException: on_http_error,
}


def _middleware(live: Live, keyless: Keyless) -> list[Middleware]:
    return [Middleware(LastResort), Middleware(LocalOnly, live=live, keyless=keyless)]


def proxy_app(live: Live) -> Starlette:
    """The port that bots talk to: an allow-list of routes, nothing passes unchecked."""
    app = Starlette(
        routes=[
            Route(ROUTE, ChatEndpoint(), methods=["POST"]),
            *response_routes(),
            Route("/v1/embeddings", embeddings(), methods=["POST"]),
            Route("/v1/moderations", moderations(), methods=["POST"]),
            Route("/v1/models", models.list_models),
            Route("/v1/models/{name:path}", models.get_model),
            Route("/livez", health.livez),
            Route("/readyz", health.readyz),
        ],
        middleware=_middleware(live, no_bot_keys),
        exception_handlers=_HANDLERS,
    )
    app.state.live = live
    app.router.redirect_slashes = False
    return app


def admin_app(live: Live) -> Starlette:
    """The operators' port."""
    prefix = "/handrail/v1"
    app = Starlette(
        routes=[
            Route(f"{prefix}/check", check.check, methods=["POST"]),
            Route(f"{prefix}/redact", check.redact, methods=["POST"]),
            Route(f"{prefix}/classify", check.classify, methods=["POST"]),
            Route(f"{prefix}/handoffs", desk.listed),
            Route(f"{prefix}/handoffs/{{id}}", desk.show),
            Route(f"{prefix}/handoffs/{{id}}/messages", desk.messages),
            Route(f"{prefix}/handoffs/{{id}}/claim", desk.claim, methods=["POST"]),
            Route(f"{prefix}/handoffs/{{id}}/reply", desk.reply, methods=["POST"]),
            Route(f"{prefix}/handoffs/{{id}}/resolve", desk.resolve, methods=["POST"]),
            Route(f"{prefix}/handoffs/{{id}}/release", desk.release, methods=["POST"]),
            Route(f"{prefix}/handoffs/{{id}}/reassign", desk.reassign, methods=["POST"]),
            Route(f"{prefix}/handoffs/{{id}}/reveal", desk.reveal, methods=["POST"]),
            Route(f"{prefix}/audit", audit.entries),
            Route(f"{prefix}/decisions", admin.decisions),
            Route(f"{prefix}/decisions/{{id}}", admin.decision),
            Route(f"{prefix}/customers/{{name:path}}", erase.customer, methods=["DELETE"]),
            Route(f"{prefix}/conversations/{{name:path}}", erase.conversation, methods=["DELETE"]),
            Route(f"{prefix}/policy/tighten", tighten.show),
            Route(f"{prefix}/policy/tighten", tighten.tighten, methods=["POST"]),
            Route(f"{prefix}/policy/tighten", tighten.relax, methods=["DELETE"]),
            *cached.routes(prefix),
            Route("/metrics", admin.metrics),
            Route("/livez", health.livez),
            Route("/readyz", health.readyz),
        ],
        middleware=_middleware(live, no_admin_key),
        exception_handlers=_HANDLERS,
    )
    app.state.live = live
    app.router.redirect_slashes = False
    return app
