"""Server-sent events without I/O (WHATWG HTML, 9.2 "Server-sent events").

One leniency: an event that the end of the stream cuts off before its blank line is given,
not dropped, because some servers end `data: [DONE]` that way.
"""

import re
from dataclasses import dataclass

MAX_EVENT_BYTES = 8 * 1024 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


class EventTooLongError(ValueError):
    """One event is longer than the parser may hold."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; `name` is `message` unless the server named it."""

    data: str
    name: str = "message"


class EventParser:
    """Turns bytes, cut anywhere, into events."""

    __slots__ = ("_after_cr", "_data", "_first", "_limit", "_name", "_parts", "_size")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        """Hold at most `limit` bytes of an unfinished event."""
        self._limit = limit
        self._parts: list[bytes] = []  # of the line that has no end yet
        self._data: list[str] = []
        self._name = ""
        self._size = 0
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Take more bytes; return the events that are complete. Raises `EventTooLongError`."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if not chunk:
            return []
        self._after_cr = chunk.endswith(b"\r")
        self._size += len(chunk)
        *lines, rest = _LINE_END.split(chunk)
        events = []
        for line in lines:
            self._parts.append(line)
            event = self._line(b"".join(self._parts))
            self._parts.clear()
            if event is not None:
                events.append(event)
        if rest:
            self._parts.append(rest)
        if events:
            self._size = len(rest) + sum(map(len, self._data))
        if self._size > self._limit:
            msg = f"a server-sent event is longer than {self._limit} bytes"
            raise EventTooLongError(msg)
        return events

    def close(self) -> list[ServerEvent]:
        """End the stream: return the event that had no blank line yet, if any."""
        if self._parts:
            self._line(b"".join(self._parts))
            self._parts.clear()
        event = self._dispatch()
        return [] if event is None else [event]

    def _line(self, line: bytes) -> ServerEvent | None:
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        text = value.removeprefix(b" ").decode("utf-8", "replace")
        if field == b"data":
            self._data.append(text)
        elif field == b"event":
            self._name = text
        return None

    def _dispatch(self) -> ServerEvent | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        return ServerEvent("\n".join(data), name or "message") if data else None
