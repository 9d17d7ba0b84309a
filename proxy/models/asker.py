"""A tier of models as a check may ask it: one short answer, without the gate."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from policies.errors import UpstreamError
from policies.text import Redacted
from proxy.models.base import TextDelta, UsageReport
from proxy.models.fallback import Seen, Target, answer
from proxy.models.price import cost_usd
from proxy.telemetry import names
from proxy.telemetry.base import Telemetry
from validators.base import ModelAnswer

_LONGEST = 1000
"""Characters of an answer that are read; a check asks for a word."""


class TierAsker:
    """A `ModelTier`: its models are tried in order, each once."""

    def __init__(self, targets: Sequence[Target], telemetry: Telemetry | None = None) -> None:
        """`targets` must not be empty; calls are counted with `telemetry`."""
        self._targets = tuple(targets)
        self._telemetry = telemetry

    @property
    def local(self) -> bool:
        """Whether no model of the tier lies outside the trust zone."""
        return all(target.client.local for target in self._targets)

    def most(self, characters: int, tokens: int) -> float | None:
        """Return the most that one call may cost in USD; None if a price is unknown.

        A token has at least one character.
        """
        usage = {"prompt_tokens": characters, "completion_tokens": tokens}
        costs = [cost_usd(usage, target.price) for target in self._targets]
        known = [cost for cost in costs if cost is not None]
        return max(known) if len(known) == len(costs) else None

    async def ask(
        self,
        instructions: str,
        text: Redacted,
        *,
        parameters: Mapping[str, float | str],
        timeout_s: float,
    ) -> ModelAnswer:
        """Return what the first model that answers says; see `ModelTier.ask`."""
        messages = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": text},
        ]
        request = {"messages": messages, "stream": False, **parameters}
        observer = _Counted(self._telemetry)
        said = ""
        usage: Mapping[str, Any] = {}
        events = answer(
            self._targets, request, deadline_s=timeout_s, retries=0, on_attempt=observer
        )
        async with aclosing(events):
            async for event in events:
                if isinstance(event, TextDelta) and event.choice == 0:
                    said += event.text
                elif isinstance(event, UsageReport):
                    usage = event.usage
                if len(said) > _LONGEST:
                    break
        return ModelAnswer(said[:_LONGEST], observer.cost(usage), _tokens(usage))


class SilentAsker(TierAsker):
    """Knows its models' prices and calls none: for whoever only looks at a configuration."""

    async def ask(
        self,
        instructions: str,
        text: Redacted,
        *,
        parameters: Mapping[str, float | str],
        timeout_s: float,
    ) -> ModelAnswer:
        """Refuse."""
        del instructions, text, parameters, timeout_s
        raise UpstreamError("no model is called here", kind="client", retryable=False)


class _Counted:
    """Counts each attempt, and knows which model answered."""

    def __init__(self, telemetry: Telemetry | None) -> None:
        self._telemetry = telemetry
        self._target: Target | None = None

    def started(self, target: Target, attempt: int) -> object:
        del attempt
        self._target = target
        return target

    def ended(self, handle: object, error: UpstreamError | None, seen: Seen) -> None:
        if self._telemetry is None or not isinstance(handle, Target):
            return
        labels = {
            names.GEN_AI_OPERATION: "chat",
            names.GEN_AI_PROVIDER: handle.client.system,
            names.GEN_AI_REQUEST_MODEL: handle.model,
        }
        for key, kind in (("prompt_tokens", "input"), ("completion_tokens", "output")):
            if (count := _count(seen.usage, key)) is not None:
                tokens = {**labels, names.GEN_AI_TOKEN_TYPE: kind}
                self._telemetry.measure(names.MODEL_TOKENS, count, tokens)
        if cost := cost_usd(seen.usage, handle.price):
            self._telemetry.count(names.COST, cost, {"model": handle.name})
        del error

    def cost(self, usage: Mapping[str, Any]) -> float | None:
        return None if self._target is None else cost_usd(usage, self._target.price)


def _tokens(usage: Mapping[str, Any]) -> int | None:
    counts = [_count(usage, key) for key in ("prompt_tokens", "completion_tokens")]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _count(usage: Mapping[str, Any], key: str) -> int | None:
    value = usage.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value
