from dataclasses import replace
from typing import Any

import pytest

from policies.policy import Policy
from policies.text import Redacted
from proxy.handoff.case import Case, Kept, State
from proxy.handoff.shown import message_row, places, queue_row, sla

CASE = Case(
    id="h1",
    tenant="acme",
    conversation_id="c1",
    reason="not_in_kb",
    owner="shop",
    queue="returns",
    opened_at=1000.0,
    due_at=2000.0,
)


@pytest.mark.parametrize(
    ("changes", "now", "state", "left"),
    [
        ({}, 1400.0, "running", 600),
        ({}, 2100.0, "overdue", -100),
        ({}, 0.0, "running", 1000),
        ({"due_at": None}, 1400.0, "none", None),
        ({"replied_at": 1999.0}, 9000.0, "met", None),
        ({"replied_at": 2001.0}, 9000.0, "missed", None),
        ({"state": State.RESOLVED, "closed_at": 1500.0}, 9000.0, "met", None),
        ({"state": State.RESOLVED, "closed_at": 2500.0}, 9000.0, "missed", None),
        ({"state": State.RELEASED, "closed_at": 1500.0}, 9000.0, "missed", None),
    ],
)
def test_the_clock_of_the_first_answer(
    changes: dict[str, Any], now: float, state: str, left: int | None
) -> None:
    assert sla(replace(CASE, **changes), now) == {"state": state, "remaining_s": left}


def test_a_line_of_the_queue_says_who_and_when() -> None:
    row = queue_row(replace(CASE, agent="kim", backup="risk", claimed_at=1500.5), 1600.0)
    assert (row["agent"], row["backup_owner"], row["status"]) == ("kim", "risk", "open")
    assert row["created_at"] == "1970-01-01T00:16:40.000Z"
    assert row["claimed_at"] == "1970-01-01T00:25:00.500Z"
    assert row["replied_at"] is None


def test_a_message_is_shown_with_placeholders() -> None:
    row = message_row(Kept(7, "h1", "agent", Redacted("Hi [PERSON_k7q2]"), 0.0, "kim", "own"))
    assert (row["seq"], row["text"], row["author"]) == (7, "Hi [PERSON_k7q2]", "kim")
    assert row["delivered_at"] is None


def test_the_policy_names_owners_and_queues(policy: Policy) -> None:
    owners, queues = places(policy)
    assert owners == {"support"}
    assert queues == {"support", "disputes", "fraud", "care"}
