"""What the runner needs of a tracer. Spans are passed by hand: no hidden context."""

from collections.abc import Mapping
from typing import Protocol

AttributeValue = str | bool | int | float | list[str]
Attributes = Mapping[str, AttributeValue]


class Span(Protocol):
    """An open span. Never give it text of a conversation."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        ...

    @property
    def span_id(self) -> str:
        """16 hexadecimal digits."""
        ...

    def set(self, attributes: Attributes) -> None:
        """Add attributes."""
        ...

    def event(self, name: str, attributes: Attributes) -> None:
        """Add an event."""
        ...

    def fail(self, error_type: str) -> None:
        """Mark the span as failed; only the type of an error is kept, never its message."""
        ...

    def end(self) -> None:
        """Close the span; further calls do nothing."""
        ...


class Telemetry(Protocol):
    """Opens spans and counts."""

    def start(
        self,
        name: str,
        *,
        parent: Span | None = None,
        kind: str = "internal",
        attributes: Attributes | None = None,
        traceparent: str | None = None,
    ) -> Span:
        """Open a span; `kind` is `internal`, `server`, `client` or `producer`.

        `traceparent` (W3C) is honoured where there is no parent.
        """
        ...

    def count(self, name: str, value: float = 1, attributes: Attributes | None = None) -> None:
        """Add to a counter; names are in `names.py`."""
        ...

    def measure(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Record a value (durations in seconds) in a histogram."""
        ...

    def gauge(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Set a value that goes up and down, such as the length of a queue."""
        ...

    def close(self) -> None:
        """Flush what is left, a few seconds at most."""
        ...
