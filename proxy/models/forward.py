"""Calls that are forwarded rather than answered here: embeddings and moderations.

One alias means one model, always the same: vectors of two models can't be compared, so
there is no fallback. Nothing is tried again either, because every SDK does that itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from policies.errors import RequestError, UpstreamError
from proxy.models.fallback import Target
from proxy.refusals import refusal
from proxy.telemetry import names
from proxy.telemetry.base import AttributeValue, Span, Telemetry

_SPANS = {"embeddings": names.SPAN_EMBEDDINGS, "moderations": names.SPAN_MODERATIONS}


@runtime_checkable
class Forwarding(Protocol):
    """A model client that can post to other routes than chat completions."""

    @property
    def forwards(self) -> frozenset[str]:
        """Which routes: `embeddings`, `moderations`."""
        ...

    async def ask(
        self, route: str, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> object:
        """Send a redacted request to one of these routes; return the JSON answer.

        `timeout_s` bounds the wait for the answer, and then that for its body. Raises
        `UpstreamError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Forwarder:
    """Forwards a redacted request to the model that an alias stands for."""

    targets: Mapping[str, Sequence[Target]]
    """All models of each alias, in order; `*` serves names that are no alias."""
    telemetry: Telemetry

    async def ask(self, route: str, alias: str, request: Mapping[str, Any], parent: Span) -> object:
        """Return the provider's answer. Raises `RequestError`, 404 if nobody serves this."""
        target, client = self._serving(route, alias)
        attributes: dict[str, AttributeValue] = {
            names.GEN_AI_OPERATION: route,
            names.GEN_AI_PROVIDER: target.client.system,
            names.GEN_AI_REQUEST_MODEL: target.model,
        }
        name = _SPANS[route].format(model=target.model)
        span = self.telemetry.start(name, parent=parent, kind="client", attributes=attributes)
        start = asyncio.get_running_loop().time()
        try:
            return await client.ask(route, target.model, request, timeout_s=target.timeout_s)
        except UpstreamError as error:
            span.fail(error.kind)
            attributes[names.ERROR_TYPE] = error.kind
            raise refusal(error) from None
        finally:
            span.end()
            seconds = asyncio.get_running_loop().time() - start
            self.telemetry.measure(names.MODEL_DURATION, seconds, attributes)

    def _serving(self, route: str, alias: str) -> tuple[Target, Forwarding]:
        """Return the first model whose provider has the route."""
        for target in self.targets.get(alias, self.targets.get("*", ())):
            client: object = target.client
            if isinstance(client, Forwarding) and route in client.forwards:
                return target, client
        raise _nobody(route)


def _nobody(route: str) -> RequestError:
    return RequestError(
        f"No model behind this name serves /v1/{route}. The operator can set one up in "
        "config.toml: an alias of that name whose tier holds such a model of a provider of kind "
        "openai or litellm.",
        status=404,
        param="model",
        code="model_not_found",
        retry=False,
    )
