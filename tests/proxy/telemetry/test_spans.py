import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.telemetry import names
from proxy.telemetry.base import AttributeValue
from proxy.telemetry.spans import MAX_ITEMS, MAX_TEXT, clean, is_model, parse_traceparent

values = st.text() | st.booleans() | st.integers() | st.floats() | st.lists(st.text())
keys = st.sampled_from([names.INTENT, names.GEN_AI_OPERATION, *sorted(names.CONTENT)])


@given(st.dictionaries(keys, values), st.booleans())
@settings(deadline=None)
def test_only_short_values_and_allowed_names_stay(
    attributes: dict[str, AttributeValue], model: bool
) -> None:
    kept = clean(attributes, model=model)
    assert not names.CONTENT & set(kept)
    assert model or not any(name.startswith("gen_ai.") for name in kept)
    for value in kept.values():
        items = value if isinstance(value, list) else [value]
        assert len(items) <= MAX_ITEMS
        assert all(not isinstance(i, str) or len(i) <= MAX_TEXT for i in items)
        assert all(not isinstance(i, float) or math.isfinite(i) for i in items)


def test_what_is_allowed_is_untouched() -> None:
    attributes: dict[str, AttributeValue] = {
        names.INTENT: "returns",
        names.PII_TYPES: ["PERSON"],
        names.STREAM: True,
        names.CONFIDENCE: 0.5,
    }
    assert clean(attributes, model=False) == attributes
    assert clean({names.GEN_AI_OPERATION: "chat"}, model=True) == {names.GEN_AI_OPERATION: "chat"}
    assert clean(None, model=True) == {}


@pytest.mark.parametrize(
    ("kind", "name", "model"),
    [
        ("client", "chat small", True),
        ("client", "chat", True),
        ("client", "embeddings e", True),
        ("internal", "chat small", False),
        ("client", "send handrail.handoff", False),
        ("client", "chatter", False),
    ],
)
def test_only_calls_of_a_model_are_model_spans(kind: str, name: str, model: bool) -> None:
    assert is_model(kind, name) is model


TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_valid_traceparent_names_trace_and_parent() -> None:
    assert parse_traceparent(f" 00-{TRACE}-{PARENT}-01 ") == (TRACE, PARENT)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        f"00-{TRACE}-{PARENT}",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
    ],
)
def test_any_other_traceparent_is_ignored(header: str | None) -> None:
    assert parse_traceparent(header) is None


@given(st.text())
@settings(deadline=None)
def test_no_header_breaks_it(header: str) -> None:
    parse_traceparent(header)
