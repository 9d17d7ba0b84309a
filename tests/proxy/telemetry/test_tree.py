from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.telemetry.spans import FinishedSpan
from proxy.telemetry.tree import render


def span(name: str, parent: str | None, start: float, end: float, **more: Any) -> FinishedSpan:
    return FinishedSpan(name, "internal", "t", name, parent, start, end, **more)


def test_children_stand_below_their_parent_by_start() -> None:
    spans = [
        span("decide", "pipeline", 0.5, 0.6),
        span("redact", "pipeline", 0.1, 0.1125, attributes={"n": 2, "types": ["A", "B"]}),
        span("ner", "redact", 0.1, 0.11),
        span("pipeline", "POST", 0.0, 1.0),
        span("POST", "remote", 0.0, 1.5, events=(("gone", {}),), error_type="Timeout"),
    ]
    assert render(spans).splitlines() == [
        "POST 1500.0 ms FAILED Timeout +gone",
        "  pipeline 1000.0 ms",
        "    redact 12.5 ms n=2 types=A,B",
        "      ner 10.0 ms",
        "    decide 100.0 ms",
    ]


def test_nothing_is_an_empty_tree() -> None:
    assert render([]) == ""


@given(st.lists(st.integers(0, 30), max_size=30))
@settings(deadline=None)
def test_every_span_has_its_line(parents: list[int]) -> None:
    spans = [
        span(f"s{n}", f"s{p}" if p < n else None, float(n), n + 1.0) for n, p in enumerate(parents)
    ]
    lines = render(spans).splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(s.name for s in spans)
