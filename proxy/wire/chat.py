"""Answers in the shape of /v1/chat/completions, streamed and whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from policies.errors import RequestError
from policies.turn import Turn
from proxy.stream.conclude import finish_reason
from proxy.stream.events import Call, Refusal, Text

DONE = b"data: [DONE]\n\n"
NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def error_body(error: RequestError) -> bytes:
    """Return the OpenAI error envelope, all four keys."""
    return orjson.dumps({"error": _envelope(error)})


def error_event(error: RequestError) -> bytes:
    """Return an error inside a started stream; no `event:` line, SDKs would miss it."""
    return b"data: " + error_body(error) + b"\n\n"


def _envelope(error: RequestError) -> dict[str, str | None]:
    return {
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
    }


def call_object(event: Call) -> dict[str, Any]:
    """Return a tool call as OpenAI writes it."""
    body = "custom" if event.call.kind == "custom" else "function"
    text = "input" if body == "custom" else "arguments"
    return {
        "id": event.call.id,
        "type": event.call.kind,
        body: {"name": event.call.name, text: event.arguments},
    }


@dataclass(slots=True)
class ChatStream:
    """Encodes events as chunks. One per response."""

    turn_id: str
    model: str
    created: int
    include_usage: bool = False
    _begun: set[int] = field(default_factory=set)

    def encode(self, event: Text | Call | Refusal) -> bytes:
        """Return the chunks of one event, the role chunk first where it is due."""
        match event:
            case Text(choice=choice, text=text):
                delta: dict[str, Any] = {"content": text}
            case Refusal(choice=choice, text=text):
                delta = {"refusal": text}
            case Call(choice=choice, index=index, call=call, arguments=arguments):
                if call.legacy:
                    delta = {"function_call": {"name": call.name, "arguments": arguments}}
                else:
                    delta = {"tool_calls": [{"index": index, **call_object(event)}]}
        return self._role(choice) + self._chunk(choice, delta)

    def close(self, turn: Turn, extra: Mapping[str, Any]) -> bytes:
        """Return a finish chunk per choice, `handrail` on the last, then usage and the end."""
        choices = _choices(turn)
        out = b"".join(self._role(choice) for choice in choices)
        for choice in choices:
            more = extra if choice == choices[-1] else {}
            out += self._chunk(choice, {}, finish_reason(turn, choice), more)
        if self.include_usage:
            usage = dict(turn.served.usage) or NO_TOKENS
            out += _event({**self._base(), "choices": [], "usage": usage})
        return out + DONE

    def _role(self, choice: int) -> bytes:
        if choice in self._begun:
            return b""
        self._begun.add(choice)
        return self._chunk(choice, {"role": "assistant", "content": "", "refusal": None})

    def _chunk(
        self,
        choice: int,
        delta: dict[str, Any],
        finish: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> bytes:
        item = {"index": choice, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage = {"usage": None} if self.include_usage else {}
        return _event({**self._base(), "choices": [item], **usage, **(extra or {})})

    def _base(self) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.turn_id}",
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
        }


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


@dataclass(slots=True)
class ChatCollector:
    """Collects events into one completion."""

    texts: dict[int, list[str]] = field(default_factory=dict)
    refusals: dict[int, list[str]] = field(default_factory=dict)
    calls: dict[int, list[Call]] = field(default_factory=dict)

    def add(self, event: Text | Call | Refusal) -> None:
        """Take one event."""
        match event:
            case Text(choice=choice, text=text):
                self.texts.setdefault(choice, []).append(text)
            case Refusal(choice=choice, text=text):
                self.refusals.setdefault(choice, []).append(text)
            case Call(choice=choice):
                self.calls.setdefault(choice, []).append(event)

    def completion(
        self, turn: Turn, model: str, created: int, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the chat completion object."""
        return {
            "id": f"chatcmpl-{turn.id}",
            "object": "chat.completion",
            "created": created,
            "model": model,
            "choices": [self._choice(turn, choice) for choice in _choices(turn)],
            "usage": dict(turn.served.usage) or NO_TOKENS,
            **extra,
        }

    def _choice(self, turn: Turn, choice: int) -> dict[str, Any]:
        return {
            "index": choice,
            "message": {"role": "assistant", **dict(self._message(choice))},
            "logprobs": None,
            "finish_reason": finish_reason(turn, choice),
        }

    def _message(self, choice: int) -> Iterator[tuple[str, Any]]:
        text = "".join(self.texts.get(choice, ()))
        refusal = "".join(self.refusals.get(choice, ()))
        calls = self.calls.get(choice, [])
        yield "content", text if text or not (refusal or calls) else None
        yield "refusal", refusal or None
        if calls and calls[0].call.legacy:
            yield (
                "function_call",
                {"name": calls[0].call.name, "arguments": calls[0].arguments},
            )
        elif calls:
            yield "tool_calls", [call_object(call) for call in calls]


def _choices(turn: Turn) -> list[int]:
    return [answer.choice for answer in turn.answers] or list(range(turn.choices))
