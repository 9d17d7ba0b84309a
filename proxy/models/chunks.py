"""OpenAI's answers as events: `chat.completion.chunk` and `chat.completion`, without I/O.

Tolerant of what servers that call themselves compatible really send; strict where a
mistake would pass half an answer for a whole one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from policies.errors import UpstreamError
from proxy.models.base import (
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.models.failures import status_error
from proxy.models.local import text_of

_EXTRA = ("system_fingerprint", "service_tier")
_ERROR_STATUS = range(400, 600)


@dataclass(slots=True)
class _Choice:
    finished: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    """Index of each tool call by its id."""
    given: set[tuple[int, str]] = field(default_factory=set)
    """Which fields of which tool calls have been given."""


class ChunkReader:
    """Reads one answer. Every method may raise `UpstreamError` of kind `protocol`."""

    def __init__(self, provider: str, choices: int = 1) -> None:
        """`choices` is how many the bot asked for."""
        self._provider = provider
        self._wanted = choices
        self._choices: dict[int, _Choice] = {}
        self._opened = False
        self._usage: Mapping[str, Any] | None = None

    def chunk(self, value: object) -> Iterator[ModelEvent]:
        """Read one chunk of a stream."""
        for position, choice in self._open(value):
            if isinstance(choice, Opened):
                yield choice
                continue
            delta = _object(choice.get("delta")) or _object(choice.get("message"))
            yield from self._choice(position, choice, delta)

    def whole(self, value: object) -> Iterator[ModelEvent]:
        """Read an answer that is not a stream. What has no finish reason is complete."""
        for position, choice in self._open(value):
            if isinstance(choice, Opened):
                yield choice
                continue
            message = _object(choice.get("message"))
            default = "tool_calls" if message.get("tool_calls") else "stop"
            reason = choice.get("finish_reason") or default
            yield from self._choice(position, {**choice, "finish_reason": reason}, message)
        yield from self.end(done=True)

    def end(self, *, done: bool) -> Iterator[ModelEvent]:
        """End the answer; `done` says whether the server said so (`[DONE]`)."""
        finished = sum(choice.finished for choice in self._choices.values())
        if not self._choices:
            raise self._broken("the answer has no choices")
        if finished < len(self._choices) or (finished < self._wanted and not done):
            raise self._broken("the answer ended before it was finished")
        if self._usage is not None:
            yield UsageReport(self._usage)

    def _broken(self, what: str) -> UpstreamError:
        return UpstreamError(f"{self._provider}: {what}", kind="protocol")

    def _open(self, value: object) -> Iterator[tuple[int, Any]]:
        """Yield `Opened` once, then the choices, each with its position."""
        if not isinstance(value, Mapping):
            raise self._broken("the answer is not a JSON object")
        if value.get("error"):
            raise self._error(value["error"])
        if isinstance(value.get("usage"), Mapping):
            self._usage = value["usage"]
        choices = value.get("choices") or ()
        if not isinstance(choices, Sequence) or isinstance(choices, str):
            raise self._broken("`choices` is not a list")
        if not self._opened and (value.get("id") or choices):
            self._opened = True
            yield -1, _opened(value)
        yield from enumerate(choice for choice in choices if isinstance(choice, Mapping))

    def _error(self, error: object) -> UpstreamError:
        """An error inside an answer that began with status 200."""
        code = _object(error).get("status") or _object(error).get("code")
        status = int(code) if isinstance(code, int | str) and str(code).isdecimal() else 0
        if status in _ERROR_STATUS:
            return status_error(self._provider, status)
        msg = f"{self._provider}: the provider reported an error within its answer"
        return UpstreamError(msg, kind="status")

    def _choice(
        self, position: int, choice: Mapping[str, Any], delta: Mapping[str, Any]
    ) -> Iterator[ModelEvent]:
        index = _index(choice.get("index"), position)
        state = self._choices.setdefault(index, _Choice())
        events = [*_texts(index, delta), *_tools(index, state, delta)]
        if events and state.finished:
            raise self._broken("text arrived after the end of the answer")
        yield from events
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason not in ("", "null") and not state.finished:
            state.finished = True
            yield Finished(index, reason)


def _opened(value: Mapping[str, Any]) -> Opened:
    created = value.get("created")
    return Opened(
        id=str(value.get("id") or ""),
        model=str(value.get("model") or ""),
        created=int(created) if isinstance(created, int | float) else 0,
        extra={key: value[key] for key in _EXTRA if value.get(key) is not None},
    )


def _texts(index: int, delta: Mapping[str, Any]) -> Iterator[ModelEvent]:
    if text := text_of(delta.get("content")):
        yield TextDelta(index, text)
    if isinstance(refusal := delta.get("refusal"), str) and refusal:
        yield RefusalDelta(index, refusal)


def _tools(index: int, state: _Choice, delta: Mapping[str, Any]) -> Iterator[ModelEvent]:
    calls = delta.get("tool_calls") or ()
    for call in calls if isinstance(calls, Sequence) else ():
        if isinstance(call, Mapping):
            yield _tool(index, state, call)
    if legacy := _object(delta.get("function_call")):
        name = _once(state, 0, "name", legacy.get("name"))
        yield ToolDelta(index, 0, "", name, _arguments(legacy.get("arguments")), legacy=True)


def _tool(index: int, state: _Choice, call: Mapping[str, Any]) -> ToolDelta:
    id_ = str(call.get("id") or "")
    latest = max(state.calls.values(), default=-1)
    # Some servers leave the index out: a new id is then a new call.
    fallback = state.calls.get(id_, latest + 1) if id_ else max(latest, 0)
    number = _index(call.get("index"), fallback)
    state.calls.setdefault(id_ or f"#{number}", number)
    custom = _object(call.get("custom"))
    body = custom or _object(call.get("function"))
    return ToolDelta(
        choice=index,
        index=number,
        id=_once(state, number, "id", id_),
        name=_once(state, number, "name", body.get("name")),
        arguments=_arguments(body.get("input") if custom else body.get("arguments")),
        kind=str(call.get("type") or ("custom" if custom else "function")),
    )


def _once(state: _Choice, number: int, key: str, value: object) -> str:
    """Return the value the first time: some servers repeat id and name in each chunk."""
    if not value or (number, key) in state.given:
        return ""
    state.given.add((number, key))
    return str(value)


def _arguments(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()


def _index(value: object, default: int) -> int:
    return value if isinstance(value, int) and value >= 0 else default


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
