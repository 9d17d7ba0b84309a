from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import StoreError
from policies.policy import Priority
from proxy.handoff.case import Case, State
from proxy.records.case_rows import active_name, case_of, columns_of, first_case, first_said, unix
from proxy.records.rows import handoff_row

PACKET: dict[str, Any] = {
    "handoff_id": "h1",
    "idempotency_key": "k1",
    "created_at": "1970-01-01T00:16:40.000Z",
    "tenant": "acme",
    "conversation": {"id": "c1", "messages": [{"role": "bot", "text": "Hi"}]},
    "trigger": {"reason_code": "not_in_kb"},
    "routing": {"owner": "shop", "priority": "odd"},
}
CASE = Case(
    id="h1",
    tenant="acme",
    conversation_id="c1",
    reason="not_in_kb",
    owner="shop",
    queue="shop",
    opened_at=1000.0,
)

times = st.none() | st.floats(0, 1e10)


def test_a_packet_without_much_gives_a_case() -> None:
    row = handoff_row(PACKET)
    assert first_case(row, PACKET) == CASE
    assert first_said(row, PACKET) is None


@given(
    st.sampled_from(State), st.sampled_from(Priority), st.none() | st.text(max_size=9), times, times
)
def test_a_case_survives_its_columns(
    state: State, priority: Priority, intent: str | None, due: float | None, done: float | None
) -> None:
    case = replace(
        CASE, state=state, priority=priority, intent=intent, due_at=due, closed_at=done, version=3
    )
    assert case_of({"seq": 1, **columns_of(case)}) == case


def test_only_active_and_named_conversations_are_alone() -> None:
    assert active_name(CASE) == '["acme", "c1"]'
    assert active_name(replace(CASE, state=State.RELEASED)) is None
    assert active_name(replace(CASE, conversation_id="unknown")) is None


@pytest.mark.parametrize("changes", [{"state": "odd"}, {"priority": "odd"}, {"outcome": "["}])
def test_a_damaged_row_is_an_error(changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError):
        case_of({"seq": 1, **columns_of(CASE), **changes})


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "99999-01-01"])
def test_what_is_no_time_is_none(stamp: str | None) -> None:
    assert unix(stamp) is None
    assert unix("1970-01-01T00:00:01.5Z") == 1.5
