from itertools import count

from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry


def ticking() -> MemoryTelemetry:
    ticks = count()
    return MemoryTelemetry(clock=lambda: float(next(ticks)))


def test_finished_spans_are_kept_with_all_they_were_told() -> None:
    telemetry = ticking()
    root = telemetry.start("root", kind="server", attributes={names.TENANT: "acme"})
    child = telemetry.start("child", parent=root)
    child.event("seen", {names.SENTENCE: 1})
    child.fail("TimeoutError")
    child.end()
    root.set({names.ACTION: "pass"})
    root.end()
    kept, outer = telemetry.spans
    assert (kept.name, kept.parent_id, kept.error_type) == ("child", root.span_id, "TimeoutError")
    assert kept.events == (("seen", {names.SENTENCE: 1}),)
    assert kept.ms == 1000
    assert outer.attributes == {names.TENANT: "acme", names.ACTION: "pass"}
    assert outer.parent_id is None


def test_a_span_that_ended_does_not_change() -> None:
    telemetry = ticking()
    span = telemetry.start("root")
    span.end()
    span.set({names.ACTION: "late"})
    span.event("late", {})
    span.end()
    (kept,) = telemetry.spans
    assert (kept.attributes, kept.events) == ({}, ())


def test_model_attributes_stay_on_model_spans_only() -> None:
    telemetry = ticking()
    for kind, name in (("internal", names.SPAN_DECIDE), ("client", "chat small")):
        attributes = {names.GEN_AI_PROVIDER: "openai", names.ACTION: "pass"}
        telemetry.start(name, kind=kind, attributes=attributes).end()
    decide, chat = telemetry.spans
    assert set(decide.attributes) == {names.ACTION}
    assert set(chat.attributes) == {names.ACTION, names.GEN_AI_PROVIDER}


def test_counts_add_up_by_attribute() -> None:
    telemetry = MemoryTelemetry()
    telemetry.count(names.REQUESTS, attributes={names.ACTION: "pass", names.VERDICT: "grounded"})
    telemetry.count(names.REQUESTS, 2, {names.ACTION: "escalate"})
    telemetry.count(names.HANDOFFS)
    assert telemetry.total(names.REQUESTS) == 3
    assert telemetry.total(names.REQUESTS, handrail__action="pass") == 1
    assert telemetry.total(names.REQUESTS, handrail__action="block") == 0


def test_measurements_are_kept_in_order() -> None:
    telemetry = MemoryTelemetry()
    telemetry.measure(names.OVERHEAD, 0.5)
    telemetry.measure(names.OVERHEAD, 0.25, {names.POLICY_ID: "support"})
    assert [(n, v) for n, v, _ in telemetry.measures] == [
        (names.OVERHEAD, 0.5),
        (names.OVERHEAD, 0.25),
    ]


def test_only_the_last_are_kept() -> None:
    telemetry = MemoryTelemetry(limit=2)
    for name in "abc":
        telemetry.start(name).end()
        telemetry.count(name)
    assert [span.name for span in telemetry.spans] == ["b", "c"]
    assert telemetry.total("a") == 0


def test_the_tree_is_drawn() -> None:
    telemetry = ticking()
    root = telemetry.start("root")
    telemetry.start("child", parent=root).end()
    root.end()
    assert telemetry.tree().splitlines() == ["root 3000.0 ms", "  child 1000.0 ms"]


def test_a_gauge_keeps_its_last_value_per_attributes() -> None:
    telemetry = MemoryTelemetry()
    telemetry.gauge("queue", 3, {"handrail.sink": "desk"})
    telemetry.gauge("queue", 1, {"handrail.sink": "desk"})
    telemetry.gauge("queue", 7, {"handrail.sink": "hook"})
    assert telemetry.level("queue", handrail__sink="desk") == 1
    assert telemetry.level("queue", handrail__sink="hook") == 7
    assert telemetry.level("queue") is None
