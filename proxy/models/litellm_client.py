"""Every other provider, through litellm. The only module that imports it.

litellm takes seconds and 170 MB to import, so that happens in a thread at the first call.
Its own retries, fallbacks, callbacks, telemetry and price download are off: Handrail
owns them. Only known request fields go in, because litellm reads others, such as
`api_base`, as settings, and a bot must not set those.
"""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from types import ModuleType
from typing import Any

from policies.errors import UpstreamError
from proxy.models.base import ModelEvent
from proxy.models.chunks import ChunkReader
from proxy.models.failures import retry_after_s, status_error
from proxy.models.local import choices_of
from proxy.models.price import Price

_FIELDS_TEXT = """
messages audio frequency_penalty function_call functions logit_bias logprobs top_logprobs
max_completion_tokens max_tokens modalities n parallel_tool_calls prediction presence_penalty
reasoning_effort response_format seed service_tier stop stream stream_options temperature
tool_choice tools top_p user verbosity web_search_options safety_identifier prompt_cache_key
"""
_FIELDS = frozenset(_FIELDS_TEXT.split())
_FORWARDED = frozenset({"input", "encoding_format", "dimensions", "user"})
_MILLION = 1_000_000


class LiteLLMClient:
    """A `ModelClient` for one of litellm's providers."""

    local = False
    # Its moderations go to OpenAI, whichever provider is meant, so they are not offered.
    forwards = frozenset({"embeddings"})

    def __init__(  # noqa: PLR0913 - one parameter per setting of a provider
        self,
        provider: str,
        litellm_provider: str,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        system: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """`litellm_provider` is litellm's prefix, as `anthropic` or `bedrock`.

        `options` are further arguments of `litellm.acompletion`, from config.toml only
        (`aws_region_name`, say; tests use `mock_response`).
        """
        self.provider = provider
        self.system = system or litellm_provider
        self._prefix = litellm_provider
        self._litellm: ModuleType | None = None
        self._settings = {
            "api_key": api_key,
            "base_url": base_url,
            **(options or {}),
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
        }

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Ask for a chat completion; see `ModelClient.stream`."""
        litellm = await self._loaded()
        reader = ChunkReader(self.provider, choices_of(request))
        try:
            async with asyncio.timeout(timeout_s):
                result = await litellm.acompletion(**self._arguments(model, request, timeout_s))
        except TimeoutError:
            raise self._timeout(timeout_s) from None
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its providers raise
            raise self._translated(error, timeout_s) from None
        if not hasattr(result, "__aiter__"):
            for event in reader.whole(result.model_dump()):
                yield event
            return
        async with aclosing(self._chunks(result, timeout_s)) as chunks:
            async for chunk in chunks:
                for event in reader.chunk(chunk):
                    yield event
        for event in reader.end(done=True):
            yield event

    async def ask(
        self, route: str, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> object:
        """Ask for embeddings; see `Forwarding.ask`."""
        if route not in self.forwards:
            msg = f"{self.provider}: {route} are not served"
            raise UpstreamError(msg, kind="client", status=404, retryable=False)
        litellm = await self._loaded()
        # For embeddings litellm reads the address under this name alone.
        address = {"api_base": self._settings["base_url"]}
        known = {key: value for key, value in request.items() if key in _FORWARDED}
        named = f"{self._prefix}/{model}" if self._prefix else model
        try:
            async with asyncio.timeout(timeout_s):
                result = await litellm.aembedding(**known, **self._settings, **address, model=named)
        except TimeoutError:
            raise self._timeout(timeout_s) from None
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its providers raise
            raise self._translated(error, timeout_s) from None
        value: object = result.model_dump()
        return value

    async def close(self) -> None:
        """Release nothing: litellm keeps pools of its own, per process."""

    async def _loaded(self) -> ModuleType:
        if self._litellm is None:
            self._litellm = await asyncio.to_thread(_load)
        return self._litellm

    def _arguments(
        self, model: str, request: Mapping[str, Any], timeout_s: float
    ) -> dict[str, Any]:
        known = {key: value for key, value in request.items() if key in _FIELDS}
        if known.get("stream"):
            options = known.get("stream_options") or {}
            known["stream_options"] = {"include_usage": True, **options}
        else:
            known.pop("stream_options", None)
        named = f"{self._prefix}/{model}" if self._prefix else model
        return {**known, **self._settings, "model": named, "timeout": timeout_s}

    async def _chunks(
        self, result: AsyncIterator[Any], timeout_s: float
    ) -> AsyncGenerator[object, None]:
        try:
            while True:
                try:
                    async with asyncio.timeout(timeout_s):
                        chunk = await anext(result)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    raise self._timeout(timeout_s) from None
                except Exception as error:  # noqa: BLE001 - as above
                    raise self._translated(error, timeout_s) from None
                yield chunk.model_dump()
        finally:
            if close := getattr(result, "aclose", None):
                await close()

    def _translated(self, error: Exception, timeout_s: float) -> UpstreamError:
        """Map an exception by its class and status, without a word of its text."""
        kinds = {cls.__name__ for cls in type(error).__mro__}
        if "Timeout" in kinds or "APITimeoutError" in kinds:
            return self._timeout(timeout_s)
        if "APIConnectionError" in kinds:
            return UpstreamError(f"{self.provider}: no connection", kind="connection")
        status = getattr(error, "status_code", None)
        if isinstance(status, int | str) and str(status).isdecimal():
            headers = getattr(getattr(error, "response", None), "headers", None)
            return status_error(
                self.provider,
                int(status),
                retry_after=retry_after_s(headers) if isinstance(headers, Mapping) else None,
                too_long="ContextWindowExceededError" in kinds,
            )
        msg = f"{self.provider}: the provider's answer could not be read"
        return UpstreamError(msg, kind="protocol")

    def _timeout(self, timeout_s: float) -> UpstreamError:
        return UpstreamError(f"{self.provider}: no answer within {timeout_s:g} s", kind="timeout")


def listed_price(name: str) -> Price | None:
    """Return litellm's price of `provider/model`, if litellm has been imported anyway."""
    table = getattr(sys.modules.get("litellm"), "model_cost", None)
    if not isinstance(table, Mapping):
        return None
    entry = table.get(name) or table.get(name.partition("/")[2]) or {}
    keys = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")
    given, made, read = (_per_million(entry.get(key)) for key in keys)
    return None if given is None or made is None else Price(given, made, read)


def _per_million(value: object) -> float | None:
    return value * _MILLION if isinstance(value, int | float) else None


def _load() -> ModuleType:
    """Import litellm, quiet and offline. Takes seconds; call it in a thread."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm  # noqa: PLC0415 - seconds and 170 MB, only for those who use it

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.callbacks = []
    # Its errors quote what the provider sent back.
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
