"""Answers in the shape of /v1/responses: output items, events in their order, the object.

One builder serves both forms: a stream sends the events, a whole answer only what they
add up to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from policies.errors import RequestError
from policies.turn import Turn
from proxy.stream.conclude import conclude, finish_reason
from proxy.stream.events import Call, Refusal, Text

Item = dict[str, Any]
Event = dict[str, Any]
_KEYS = {"output_text": "text", "refusal": "refusal"}
"""Which field of a content part holds its text, by the part's type."""


@dataclass(slots=True)
class ResponseBuilder:
    """Builds one response; each method yields the events that a stream sends.

    A message stays open until something else follows, so that its text arrives in one
    part however often the gate releases something.
    """

    id: str
    model: str
    created: int
    echo: Mapping[str, Any]
    """What the response repeats of the request."""
    store: bool
    output: list[Item] = field(default_factory=list)
    _sequence: int = 0
    _begun: bool = False
    _message: Item | None = None

    def take(self, event: Text | Call | Refusal) -> Iterator[Event]:
        """Add one event of the pipeline."""
        yield from self._begin()
        match event:
            case Text(text=text):
                yield from self._say("output_text", text)
            case Refusal(text=text):
                yield from self._say("refusal", text)
            case Call():
                yield from self._close("completed")
                yield from self._call(event)

    def end(self, turn: Turn, extra: Mapping[str, Any], *, stored: bool) -> Iterator[Event]:
        """Complete the response; `stored` says whether it can be continued by its id."""
        self.store = stored
        yield from self._begin()
        cut = finish_reason(turn, 0) == "length"
        status = "incomplete" if cut else "completed"
        if not self.output:
            yield from self._say("output_text", "")
        yield from self._close(status)
        done = self.response(status)
        if cut:
            done["incomplete_details"] = {"reason": "max_output_tokens"}
        done |= {"usage": usage_of(turn.served.usage), **extra}
        yield self._event(f"response.{status}", response=done)

    def fail(self, error: RequestError) -> Iterator[Event]:
        """End a response that can't be completed."""
        yield from self._begin()
        failed = self.response("failed")
        failed["error"] = {"code": "server_error", "message": error.message}
        yield self._event("response.failed", response=failed)

    def response(self, status: str) -> dict[str, Any]:
        """Return the response object as it is by now."""
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self.model,
            **self.echo,
            "store": self.store,
            "output": [dict(item) for item in self.output],
            "usage": None,
        }

    def _begin(self) -> Iterator[Event]:
        if not self._begun:
            self._begun = True
            for kind in ("response.created", "response.in_progress"):
                yield self._event(kind, response=self.response("in_progress"))

    def _say(self, kind: str, text: str) -> Iterator[Event]:
        """Append text to the open message, in a part of its kind."""
        message = self._message
        if message is None:
            message = {**self._item("message", "msg"), "role": "assistant", "content": []}
            self._message = message
            yield from self._added(message)
        parts: list[Item] = message["content"]
        if not parts or parts[-1]["type"] != kind:
            if parts:
                yield from self._part_done(message)
            parts.append(_part(kind, ""))
            place = self._place(message)
            yield self._event("response.content_part.added", **place, part=dict(parts[-1]))
        if text:
            parts[-1][_KEYS[kind]] += text
            place = self._place(message)
            yield self._event(f"response.{kind}.delta", **place, delta=text, **_logprobs(kind))

    def _part_done(self, message: Item) -> Iterator[Event]:
        part = dict(message["content"][-1])
        kind = part["type"]
        place = self._place(message)
        text = {_KEYS[kind]: part[_KEYS[kind]]}
        yield self._event(f"response.{kind}.done", **place, **text, **_logprobs(kind))
        yield self._event("response.content_part.done", **place, part=part)

    def _close(self, status: str) -> Iterator[Event]:
        """Close the open message, if there is one."""
        if self._message is not None:
            message, self._message = self._message, None
            yield from self._part_done(message)
            yield from self._finished(message, status)

    def _call(self, event: Call) -> Iterator[Event]:
        custom = event.call.kind == "custom"
        kind, body = ("custom_tool_call", "input") if custom else ("function_call", "arguments")
        item = self._item(kind, "ctc" if custom else "fc")
        item |= {"call_id": event.call.id, "name": event.call.name, body: ""}
        yield from self._added(item)
        prefix = f"response.{kind}_{body}"
        place = {"item_id": item["id"], "output_index": len(self.output) - 1}
        yield self._event(f"{prefix}.delta", **place, delta=event.arguments)
        item[body] = event.arguments
        name = {} if custom else {"name": event.call.name}
        yield self._event(f"{prefix}.done", **place, **{body: event.arguments}, **name)
        yield from self._finished(item, "completed")

    def _item(self, kind: str, prefix: str) -> Item:
        token = self.id.removeprefix("resp_")
        name = f"{prefix}_{token}{len(self.output)}"
        return {"id": name, "type": kind, "status": "in_progress"}

    def _added(self, item: Item) -> Iterator[Event]:
        shown = {**item, "content": []} if "content" in item else dict(item)
        self.output.append(item)
        yield self._event(
            "response.output_item.added", output_index=len(self.output) - 1, item=shown
        )

    def _finished(self, item: Item, status: str) -> Iterator[Event]:
        item["status"] = status
        index = len(self.output) - 1
        yield self._event("response.output_item.done", output_index=index, item=dict(item))

    def _place(self, message: Item) -> dict[str, Any]:
        return {
            "item_id": message["id"],
            "output_index": len(self.output) - 1,
            "content_index": len(message["content"]) - 1,
        }

    def _event(self, kind: str, **fields: Any) -> Event:  # noqa: ANN401 - any field
        event = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return event


def _part(kind: str, text: str) -> Item:
    part: Item = {"type": kind, _KEYS[kind]: text, **_logprobs(kind)}
    return part if kind == "refusal" else {**part, "annotations": []}


def _logprobs(kind: str) -> dict[str, list[Any]]:
    """SDKs want the field; the model's tokens are no longer those of the text."""
    return {"logprobs": []} if kind == "output_text" else {}


def written(events: Iterator[Event]) -> bytes:
    """Return events as a stream sends them."""
    return b"".join(
        b"event: " + event["type"].encode() + b"\ndata: " + orjson.dumps(event) + b"\n\n"
        for event in events
    )


def redacted_events(turn: Turn) -> list[Text | Call | Refusal]:
    """Return what has left for a turn that is closed, with placeholders."""
    said = [Text(0, a.released) for a in turn.answers if a.choice == 0 and a.released]
    _, rest = conclude(turn, _as_it_is, _as_it_is)
    return [*said, *(event for event in rest if isinstance(event, Text | Call | Refusal))]


def _as_it_is(text: str, _: Mapping[str, str]) -> str:
    return text


def usage_of(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chat completion's usage as that of a response."""
    given, made = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    read, written_ = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    return {
        "input_tokens": given,
        "input_tokens_details": {
            "cached_tokens": _count(read, "cached_tokens"),
            "cache_write_tokens": _count(read, "cache_write_tokens"),
        },
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": _count(written_, "reasoning_tokens")},
        "total_tokens": _count(usage, "total_tokens") or given + made,
    }


def _count(table: Any, key: str) -> int:  # noqa: ANN401 - of a provider
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
