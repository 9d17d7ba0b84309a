from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Reason, Severity
from proxy.models.base import Finished, Opened, TextDelta, UsageReport
from proxy.stream.screen import asked_for, counts, offered, unknown_value


@pytest.mark.parametrize(("choice", "expected"), [(-1, False), (0, True), (1, True), (2, False)])
def test_only_choices_that_were_asked_for_count(choice: int, expected: bool) -> None:
    assert asked_for(TextDelta(choice, "x"), 2) is expected
    assert asked_for(Finished(choice, "stop"), 2) is expected


def test_what_belongs_to_no_choice_counts() -> None:
    assert asked_for(Opened(), 1)
    assert asked_for(UsageReport({}), 1)


@pytest.mark.parametrize(
    "request_body",
    [{}, {"tools": None}, {"tools": [1, {"function": "f"}, {"function": {"name": 3}}]}],
)
def test_a_malformed_offer_offers_nothing(request_body: dict[str, Any]) -> None:
    assert offered(request_body) == frozenset()


def test_only_numbers_of_a_usage_leave() -> None:
    usage = {
        "prompt_tokens": 3,
        "cost": 0.5,
        "note": "text",
        "said by the model": 1,
        "flag": True,
        "none": None,
        "list": [1],
        "huge": 10**400,
        "nan": float("nan"),
        "details": {"cached_tokens": 1, "why": "text", "deeper": {"x": 1}},
    }
    assert counts(usage) == {
        "prompt_tokens": 3,
        "cost": 0.5,
        "details": {"cached_tokens": 1},
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), json_values))
def test_no_text_ever_leaves_in_a_usage(usage: dict[str, Any]) -> None:
    for value in counts(usage).values():
        leaves = value.values() if isinstance(value, dict) else [value]
        assert all(type(leaf) in (int, float) for leaf in leaves)


def test_a_call_with_an_unknown_value_is_sensitive_and_quotes_nothing() -> None:
    finding = unknown_value(1)
    assert (finding.kind, finding.severity, finding.choice) == (
        Reason.SENSITIVE_OUTPUT,
        Severity.FAIL,
        1,
    )
