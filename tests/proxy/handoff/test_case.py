from typing import Any

import pytest

from proxy.handoff.case import Case, State

CASE: dict[str, Any] = {
    "id": "h1",
    "tenant": "acme",
    "conversation_id": "c1",
    "reason": "not_in_kb",
    "owner": "shop",
    "queue": "shop",
    "opened_at": 1000.0,
}


@pytest.mark.parametrize(
    ("state", "active"),
    [
        (State.OPEN, True),
        (State.CLAIMED, True),
        (State.RESOLVED, False),
        (State.RELEASED, False),
    ],
)
def test_a_case_is_active_until_it_is_closed(state: State, active: bool) -> None:
    assert Case(**CASE, state=state).active is active
