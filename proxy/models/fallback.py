"""One answer out of several models: tried in order, within one deadline.

Bounded by construction: each (client, model) has one turn of at most 1 + `retries`
attempts, so no configuration can make a loop. A failure after the first text is final,
since what was said can't be said again by another model.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol, cast

from policies.errors import UpstreamError
from proxy.models.base import Finished, ModelClient, ModelEvent, Opened, UsageReport
from proxy.models.price import Price

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 4.0
_PATIENCE_S = 5.0
"""A provider that asks for a longer pause is left for the next one, if there is one."""


@dataclass(frozen=True, slots=True)
class Target:
    """One model that may answer."""

    name: str
    """The name in config.toml."""
    client: ModelClient
    model: str
    """The provider's name for it."""
    timeout_s: float = 60.0
    """Longest time to the first event, and longest silence between two."""
    price: Price | None = None


@dataclass(slots=True)
class Seen:
    """What an attempt gave."""

    opened: Opened | None = None
    events: int = 0
    """Number of events other than `Opened`."""
    first_s: float | None = None
    """Seconds from the start of the attempt to the first of them."""
    finish_reasons: list[str] = field(default_factory=list)
    usage: Mapping[str, Any] = field(default_factory=dict)
    abandoned: bool = False
    """Closed or cancelled from outside: the client went away, or the gate had enough."""


class AttemptObserver(Protocol):
    """Told about each attempt, to trace and count it."""

    def started(self, target: Target, attempt: int) -> object:
        """An attempt begins; `attempt` counts from 1 over all targets. Returns a handle."""
        ...

    def ended(self, handle: object, error: UpstreamError | None, seen: Seen) -> None:
        """The attempt of this handle is over; called exactly once for each."""
        ...


class NoObserver:
    """Looks away."""

    def started(self, target: Target, attempt: int) -> object:
        """Do nothing."""

    def ended(self, handle: object, error: UpstreamError | None, seen: Seen) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class _Plan:
    request: Mapping[str, Any]
    deadline: float
    deadline_s: float
    observer: AttemptObserver


async def answer(  # noqa: PLR0913 - the bounds of a call, each with a default
    targets: Sequence[Target],
    request: Mapping[str, Any],
    *,
    deadline_s: float = 120.0,
    retries: int = 1,
    on_attempt: AttemptObserver | None = None,
    jitter: Callable[[], float] = random.random,
) -> AsyncGenerator[ModelEvent, None]:
    """Yield one model's answer, from `Opened` on.

    `deadline_s` bounds everything, pauses and the answer itself included. Raises the last
    `UpstreamError` when no target is left, and at once where the request itself is wrong.
    Close the iterator (`aclosing`) to close the upstream call.
    """
    end = asyncio.get_running_loop().time() + deadline_s
    plan = _Plan(request, end, deadline_s, on_attempt or NoObserver())
    last = UpstreamError("no model is configured", kind="client", retryable=False)
    number = 0
    queue = _distinct(targets)
    for position, target in enumerate(queue):
        for attempt in range(1 + retries):
            number += 1
            started = False
            try:
                async with aclosing(_attempt(target, number, plan)) as events:
                    async for event in events:
                        started = True
                        yield event
            except UpstreamError as error:
                if started or _hopeless(error):
                    raise
                last = error
            else:
                return
            more = position + 1 < len(queue)
            pause = _pause(last, attempt, jitter())
            if not last.retryable or attempt == retries or (more and pause > _PATIENCE_S):
                break
            if asyncio.get_running_loop().time() + pause >= plan.deadline:
                break
            await asyncio.sleep(pause)
    raise last


def _distinct(targets: Sequence[Target]) -> list[Target]:
    """Leave out what stands in the list twice."""
    seen: dict[tuple[int, str], Target] = {}
    for target in targets:
        seen.setdefault((id(target.client), target.model), target)
    return list(seen.values())


def _hopeless(error: UpstreamError) -> bool:
    """The request itself is wrong: no model will take it. An unknown model is one model's."""
    return error.kind == "client" and error.status != HTTPStatus.NOT_FOUND


def _pause(error: UpstreamError, attempt: int, jitter: float) -> float:
    """Full jitter over a doubling bound, at least what the provider asks for."""
    bound = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * (1 << attempt))
    return max(error.retry_after or 0.0, bound * jitter)


async def _attempt(target: Target, number: int, plan: _Plan) -> AsyncGenerator[ModelEvent, None]:
    """Yield what one call gives; `Opened` only together with the first event after it."""
    handle = plan.observer.started(target, number)
    seen = Seen(abandoned=True)
    error: UpstreamError | None = None
    begun = asyncio.get_running_loop().time()
    try:
        async with aclosing(_call(target, plan)) as events:
            async for event in events:
                for ready in _note(seen, event, begun):
                    yield ready
        seen.abandoned = False
        _require_events(target, seen)
    except UpstreamError as failure:
        seen.abandoned = False
        error = failure
        raise
    finally:
        plan.observer.ended(handle, error, seen)


def _require_events(target: Target, seen: Seen) -> None:
    if not seen.events:
        msg = f"{target.client.provider}: the answer is empty"
        raise UpstreamError(msg, kind="protocol")


def _note(seen: Seen, event: ModelEvent, begun: float) -> Iterator[ModelEvent]:
    match event:
        case Opened():
            seen.opened = seen.opened or event
            return
        case Finished(reason=reason):
            seen.finish_reasons.append(reason)
        case UsageReport(usage=usage):
            seen.usage = usage
        case _:
            pass
    seen.events += 1
    if seen.events == 1:
        seen.first_s = asyncio.get_running_loop().time() - begun
        yield seen.opened or Opened()
    yield event


async def _call(target: Target, plan: _Plan) -> AsyncGenerator[ModelEvent, None]:
    """Call the model; each wait for it ends at the deadline."""
    left = plan.deadline - asyncio.get_running_loop().time()
    wait = max(0.0, min(target.timeout_s, left))
    stream = target.client.stream(target.model, plan.request, timeout_s=wait)
    try:
        while True:
            try:
                async with asyncio.timeout_at(plan.deadline):
                    event = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                msg = f"{target.client.provider}: no answer within {plan.deadline_s:g} s in all"
                raise UpstreamError(msg, kind="timeout") from None
            yield event
    finally:
        await _close(stream)


async def _close(stream: AsyncIterator[ModelEvent]) -> None:
    """Close the upstream call; clients are async generators, fakes may be plain iterators."""
    if hasattr(stream, "aclose"):
        await cast("AsyncGenerator[ModelEvent, None]", stream).aclose()
