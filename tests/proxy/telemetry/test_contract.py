"""What every tracer does alike."""

from collections.abc import Callable, Iterator

import pytest

from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry
from proxy.telemetry.otel import OtelTelemetry

Tracer = MemoryTelemetry | OtelTelemetry
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
MAKERS: dict[str, Callable[[], Tracer]] = {"memory": MemoryTelemetry, "otel": OtelTelemetry}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def telemetry(request: pytest.FixtureRequest) -> Iterator[Tracer]:
    made: Tracer = request.param()
    yield made
    made.close()


def test_spans_have_ids(telemetry: Tracer) -> None:
    span = telemetry.start("root")
    assert len(span.trace_id) == 32
    assert len(span.span_id) == 16
    assert int(span.trace_id, 16)
    assert int(span.span_id, 16)


def test_children_share_the_trace_and_roots_do_not(telemetry: Tracer) -> None:
    root = telemetry.start("root")
    child = telemetry.start("child", parent=root)
    assert child.trace_id == root.trace_id
    assert child.span_id != root.span_id
    assert telemetry.start("other").trace_id != root.trace_id


def test_a_traceparent_is_honoured_where_there_is_no_parent(telemetry: Tracer) -> None:
    header = f"00-{TRACE}-{PARENT}-01"
    root = telemetry.start("root", traceparent=header)
    assert root.trace_id == TRACE
    assert root.span_id != PARENT
    other = telemetry.start("other")
    assert telemetry.start("child", parent=other, traceparent=header).trace_id == other.trace_id


def test_a_broken_traceparent_starts_a_new_trace(telemetry: Tracer) -> None:
    assert telemetry.start("root", traceparent="00-zz-yy-01").trace_id != TRACE


def test_a_parent_of_another_tracer_is_still_a_parent(telemetry: Tracer) -> None:
    foreign = MemoryTelemetry().start("elsewhere")
    assert telemetry.start("here", parent=foreign).trace_id == foreign.trace_id


def test_spans_take_everything_and_closing_twice_is_harmless(telemetry: Tracer) -> None:
    span = telemetry.start("root", kind="server", attributes={names.TENANT: "acme"})
    span.set({names.ACTION: "pass"})
    span.event(names.EVENT_FIRST_RELEASE, {names.SENTENCE: 1})
    span.fail("TimeoutError")
    span.end()
    span.end()
    span.set({names.ACTION: "block"})
    span.fail("Late")


def test_counts_and_measures_take_any_name(telemetry: Tracer) -> None:
    telemetry.count(names.REQUESTS, attributes={names.ACTION: "pass"})
    telemetry.measure(names.OVERHEAD, 0.01)
    telemetry.count("handrail.unlisted")
    telemetry.close()
