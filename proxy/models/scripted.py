"""A model that replies from a file: for tests, demos and rehearsing failures.

```toml
[[replies]]
match = "refund"        # a regular expression on the last user message; absent: any
reply = "Refunds take 5 days."
chunk = 12              # characters per delta; 0 or absent: all at once
delay_ms = 20           # before each delta

[[replies]]
fail = "503"            # timeout 503 429 cut reset badjson hang
times = 2               # only the first two times; absent: always
```
The first entry that matches answers. The file's entries are read by `script.py`.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.errors import UpstreamError
from proxy.models.base import (
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    ToolDelta,
    UsageReport,
)
from proxy.models.failures import status_error
from proxy.models.local import choices_of, estimated_usage, question_of, written
from proxy.models.script import Reply, load_replies


class ScriptedClient:
    """A `ModelClient` without a model; equal requests in equal order, equal answers."""

    system = "scripted"
    local = True

    def __init__(self, provider: str, replies: Path | Sequence[Reply]) -> None:
        """Take replies, or read them from a file. Raises `ConfigError`."""
        self.provider = provider
        self._replies = load_replies(replies) if isinstance(replies, Path) else tuple(replies)
        self._used: Counter[int] = Counter()

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Play the first reply that matches; see `ModelClient.stream`."""
        question = question_of(request)
        reply = self._pick(question)
        self._refuse(reply, timeout_s)
        if reply.fail == "hang":
            await asyncio.sleep(timeout_s)
            raise self._timeout(timeout_s)
        yield Opened(id="chatcmpl-scripted", model=model, created=int(time.time()))
        events = [e for choice in range(choices_of(request)) for e in _events(reply, choice)]
        if reply.fail == "cut":
            events = events[: math.ceil((len(events) - 1) / 2)]
        for event in events:
            await self._wait(reply.delay_ms / 1000, timeout_s)
            yield event
        if reply.fail == "cut":
            msg = f"{self.provider}: the stream was cut"
            raise UpstreamError(msg, kind="protocol")
        yield UsageReport(estimated_usage(question, reply.reply or reply.refusal))

    def _pick(self, question: str) -> Reply:
        for index, reply in enumerate(self._replies):
            spent = reply.times and self._used[index] >= reply.times
            if not spent and (reply.match is None or reply.match.search(question)):
                self._used[index] += 1
                return reply
        msg = f"{self.provider}: no scripted reply matches the question"
        raise UpstreamError(msg, kind="protocol", retryable=False)

    def _refuse(self, reply: Reply, timeout_s: float) -> None:
        """Raise what a provider's failure before the first text would raise."""
        match reply.fail:
            case "503" | "429":
                raise status_error(self.provider, int(reply.fail), retry_after=reply.retry_after)
            case "timeout":
                raise self._timeout(timeout_s)
            case "reset":
                msg = f"{self.provider}: the connection was reset"
                raise UpstreamError(msg, kind="connection")
            case "badjson":
                msg = f"{self.provider}: the answer is not JSON"
                raise UpstreamError(msg, kind="protocol")

    async def _wait(self, seconds: float, timeout_s: float) -> None:
        if seconds:
            await asyncio.sleep(min(seconds, timeout_s))
        if seconds > timeout_s:
            raise self._timeout(timeout_s)

    def _timeout(self, timeout_s: float) -> UpstreamError:
        msg = f"{self.provider}: no answer within {timeout_s:g} s"
        return UpstreamError(msg, kind="timeout")

    async def close(self) -> None:
        """Hold nothing, release nothing."""


def _events(reply: Reply, choice: int) -> Iterator[ModelEvent]:
    if reply.tool_calls:
        for index, (name, arguments) in enumerate(reply.tool_calls):
            yield ToolDelta(choice, index, id=f"call_{choice}_{index}", name=name)
            yield ToolDelta(choice, index, arguments=arguments)
        yield Finished(choice, "tool_calls")
    elif reply.refusal:
        yield RefusalDelta(choice, reply.refusal)
        yield Finished(choice, "stop")
    else:
        yield from written(reply.reply, choice, reply.chunk)
