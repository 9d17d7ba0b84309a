"""Telemetry that stays in the process: for tests and for `handrail ask`."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from proxy.telemetry.base import Attributes, AttributeValue, Span
from proxy.telemetry.names import ERROR_TYPE
from proxy.telemetry.spans import FinishedSpan, clean, is_model, parse_traceparent
from proxy.telemetry.tree import render

Point = tuple[str, float, dict[str, AttributeValue]]
"""Name, value and attributes of one count or measurement."""


class MemorySpan:
    """An open span; satisfies `Span`."""

    def __init__(  # noqa: PLR0913 - the parts of a span
        self,
        *,
        name: str,
        kind: str,
        trace_id: str,
        parent_id: str | None,
        clock: Callable[[], float],
        keep: Callable[[FinishedSpan], None],
    ) -> None:
        """Start the span now; `keep` gets it when it ends."""
        self.trace_id = trace_id
        self.span_id = secrets.token_hex(8)
        self._name, self._kind, self._parent_id = name, kind, parent_id
        self._clock, self._keep = clock, keep
        self._start = clock()
        self._attributes: dict[str, AttributeValue] = {}
        self._events: list[tuple[str, dict[str, AttributeValue]]] = []
        self._error: str | None = None
        self._ended = False

    def set(self, attributes: Attributes) -> None:
        """Add attributes."""
        if not self._ended:
            self._attributes |= self._clean(attributes)

    def event(self, name: str, attributes: Attributes) -> None:
        """Add an event."""
        if not self._ended:
            self._events.append((name, self._clean(attributes)))

    def fail(self, error_type: str) -> None:
        """Mark the span as failed."""
        self._error = error_type
        self.set({ERROR_TYPE: error_type})

    def end(self) -> None:
        """Close the span."""
        if self._ended:
            return
        self._ended = True
        finished = FinishedSpan(
            name=self._name,
            kind=self._kind,
            trace_id=self.trace_id,
            span_id=self.span_id,
            parent_id=self._parent_id,
            start_s=self._start,
            end_s=self._clock(),
            attributes=self._attributes,
            events=tuple(self._events),
            error_type=self._error,
        )
        self._keep(finished)

    def _clean(self, attributes: Attributes) -> dict[str, AttributeValue]:
        return clean(attributes, model=is_model(self._kind, self._name))


class MemoryTelemetry:
    """Satisfies `Telemetry`; keeps the last `limit` spans, counts and measurements."""

    def __init__(
        self, *, limit: int = 10_000, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """`clock` gives seconds and never goes back."""
        self._clock = clock
        self._lock = threading.Lock()
        self._spans: deque[FinishedSpan] = deque(maxlen=limit)
        self._counts: deque[Point] = deque(maxlen=limit)
        self._measures: deque[Point] = deque(maxlen=limit)
        self._gauges: dict[tuple[str, frozenset[tuple[str, AttributeValue]]], float] = {}

    def start(
        self,
        name: str,
        *,
        parent: Span | None = None,
        kind: str = "internal",
        attributes: Attributes | None = None,
        traceparent: str | None = None,
    ) -> MemorySpan:
        """Open a span."""
        if parent is not None:
            origin: tuple[str, str | None] = (parent.trace_id, parent.span_id)
        else:
            origin = parse_traceparent(traceparent) or (secrets.token_hex(16), None)
        span = MemorySpan(
            name=name,
            kind=kind,
            trace_id=origin[0],
            parent_id=origin[1],
            clock=self._clock,
            keep=self._keep,
        )
        span.set(attributes or {})
        return span

    def count(self, name: str, value: float = 1, attributes: Attributes | None = None) -> None:
        """Keep a count."""
        with self._lock:
            self._counts.append((name, value, dict(attributes or {})))

    def measure(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Keep a measurement."""
        with self._lock:
            self._measures.append((name, value, dict(attributes or {})))

    def gauge(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Keep the last value per attributes."""
        with self._lock:
            self._gauges[name, frozenset((attributes or {}).items())] = value

    def close(self) -> None:
        """Do nothing: what was kept can still be read."""

    @property
    def spans(self) -> Sequence[FinishedSpan]:
        """The finished spans, in the order in which they ended."""
        with self._lock:
            return tuple(self._spans)

    @property
    def measures(self) -> Sequence[Point]:
        """Every measurement."""
        with self._lock:
            return tuple(self._measures)

    def total(self, name: str, **attributes: AttributeValue) -> float:
        """Add up a counter over the counts that have these attributes.

        Attribute names are written with `__` for a dot: `handrail__action="pass"`.
        """
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        with self._lock:
            return sum(v for n, v, a in self._counts if n == name and wanted.items() <= a.items())

    def level(self, name: str, **attributes: AttributeValue) -> float | None:
        """Return a gauge's last value for exactly these attributes, named as in `total`."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        with self._lock:
            return self._gauges.get((name, frozenset(wanted.items())))

    def tree(self) -> str:
        """Write the finished spans as an indented tree."""
        return render(self.spans)

    def _keep(self, span: FinishedSpan) -> None:
        with self._lock:
            self._spans.append(span)
