"""Finished spans as an indented tree of text, for a terminal. Pure."""

from collections.abc import Iterator, Sequence

from proxy.telemetry.base import AttributeValue
from proxy.telemetry.names import ERROR_TYPE
from proxy.telemetry.spans import FinishedSpan

_INDENT = "  "


def render(spans: Sequence[FinishedSpan]) -> str:
    """Write one line per span: name, milliseconds, attributes; children below, by start.

    A span whose parent is not among them is a root.
    """
    known = {span.span_id for span in spans}
    children: dict[str | None, list[FinishedSpan]] = {}
    for span in sorted(spans, key=lambda s: s.start_s):
        parent = span.parent_id if span.parent_id in known else None
        children.setdefault(parent, []).append(span)
    return "\n".join(_lines(children))


def _lines(children: dict[str | None, list[FinishedSpan]]) -> Iterator[str]:
    waiting = [(0, span) for span in reversed(children.get(None, []))]
    while waiting:
        depth, span = waiting.pop()
        yield _INDENT * depth + _line(span)
        below = children.get(span.span_id, [])
        waiting += [(depth + 1, child) for child in reversed(below)]


def _line(span: FinishedSpan) -> str:
    shown = [
        f"{name}={_value(value)}" for name, value in span.attributes.items() if name != ERROR_TYPE
    ]
    failed = [f"FAILED {span.error_type}"] if span.error_type is not None else []
    events = [f"+{name}" for name, _ in span.events]
    return " ".join([span.name, f"{span.ms:.1f} ms", *failed, *shown, *events])


def _value(value: AttributeValue) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
