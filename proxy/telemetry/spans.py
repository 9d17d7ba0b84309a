"""What every tracer does alike: which attributes may stay, what a finished span is. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from proxy.telemetry.base import Attributes, AttributeValue
from proxy.telemetry.names import CONTENT, GEN_AI

MAX_TEXT = 200
"""Characters of an attribute: names fit, a message does not."""
MAX_ITEMS = 32
"""Items of a list attribute."""
NO_ATTRIBUTES: Attributes = MappingProxyType({})

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def clean(attributes: Attributes | None, *, model: bool) -> dict[str, AttributeValue]:
    """Keep what a span may carry: short values; `gen_ai.*` on the model span only.

    Attributes that the conventions mean for text are dropped whatever they hold.
    """
    return {
        name: _cut(value)
        for name, value in (attributes or NO_ATTRIBUTES).items()
        if name not in CONTENT and (model or not name.startswith(GEN_AI)) and _sound(value)
    }


def is_model(kind: str, name: str) -> bool:
    """Tell whether a span is a call of a model."""
    return kind == "client" and name.split(" ", 1)[0] in ("chat", "embeddings")


def parse_traceparent(header: str | None) -> tuple[str, str] | None:
    """Return trace id and parent id of a W3C traceparent, or None if it is not valid."""
    found = _TRACEPARENT.fullmatch((header or "").strip())
    if found is None or header is None or header.strip().startswith("ff"):
        return None
    trace, parent = found[1], found[2]
    return (trace, parent) if int(trace, 16) and int(parent, 16) else None


def _cut(value: AttributeValue) -> AttributeValue:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return [item[:MAX_TEXT] for item in value[:MAX_ITEMS]]
    return value


def _sound(value: AttributeValue) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


@dataclass(frozen=True, slots=True)
class FinishedSpan:
    """A closed span. Times are in seconds of one monotonic clock."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str | None
    start_s: float
    end_s: float
    attributes: Attributes = field(default_factory=dict)
    events: tuple[tuple[str, Mapping[str, AttributeValue]], ...] = ()
    error_type: str | None = None

    @property
    def ms(self) -> float:
        """Duration in milliseconds."""
        return (self.end_s - self.start_s) * 1000
