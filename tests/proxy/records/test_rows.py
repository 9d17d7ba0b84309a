from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.errors import StoreError
from proxy.records.rows import SUMMARY, decision_row, from_json, handoff_row, text, to_json

PACKET: dict[str, Any] = {
    "handoff_id": "h1",
    "created_at": "2026-01-01T00:00:00.000Z",
    "idempotency_key": "k1",
    "tenant": "acme",
    "conversation": {"id": "c1"},
    "routing": {"owner": "shop"},
    "trigger": {"reason_code": "not_in_kb"},
}


def test_what_a_packet_lacks_is_empty_in_the_list() -> None:
    row = handoff_row(PACKET)
    assert tuple(row.summary) == SUMMARY
    assert row.summary["intent"] is None
    assert row.summary["due_at"] is None
    assert row.summary["reason"] == "not_in_kb"
    assert row.summary["status"] == "open"


@pytest.mark.parametrize("field", PACKET)
def test_a_packet_without_a_required_field_is_refused(field: str) -> None:
    with pytest.raises(StoreError, match="required field"):
        handoff_row({name: value for name, value in PACKET.items() if name != field})


def test_a_record_without_id_or_action_is_refused() -> None:
    for record in ({"action": "pass"}, {"id": "hr_1"}):
        with pytest.raises(StoreError, match="required field"):
            decision_row(record)


@given(st.text(st.characters(), max_size=20))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_text_columns_take_any_text(value: str) -> None:
    kept = text(value)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert "\x00" in value or len(kept) == len(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=4))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_json_reads_back(value: dict[str, Any]) -> None:
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_what_is_not_json_is_refused_without_quoting_it(value: Any) -> None:
    with pytest.raises(StoreError, match="not JSON") as failed:
        to_json({"private": "SECRET", "odd": value})
    assert "SECRET" not in str(failed.value)


@pytest.mark.parametrize("stored", ["", "{", "[]", "3"])
def test_a_damaged_row_is_a_store_error(stored: str) -> None:
    with pytest.raises(StoreError, match="damaged"):
        from_json(stored)
