from typing import Any

import pytest

from policies.decision import HandOff
from policies.findings import Reason
from policies.policy import Priority, Risk
from policies.turn import Classification
from proxy.handoff.urgency import frustrated, priority_of, urgency_of


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"classification": Classification("returns", 0.9)}, False),
        ({"classification": Classification("returns", 0.9, sentiment=-0.3)}, False),
        ({"classification": Classification("returns", 0.9, sentiment=-0.9)}, True),
        ({"classification": Classification("returns", 0.9, risks={Risk.ANGRY: 0.8})}, True),
        ({"classification": None}, False),
        ({"classification": None, "decision": HandOff(Reason.FRUSTRATION)}, True),
    ],
)
def test_who_is_angry_moves_up_one_step(
    make_turn: Any, changes: dict[str, Any], expected: bool
) -> None:
    turn = make_turn(**{"decision": HandOff(Reason.NOT_IN_KB), **changes})
    assert frustrated(turn) is expected
    assert priority_of(turn) is (Priority.HIGH if expected else Priority.NORMAL)


def test_who_comes_back_belongs_where_the_policy_says(make_turn: Any) -> None:
    angry = Classification("returns", 0.9, risks={Risk.ANGRY: 0.8})
    found = urgency_of(make_turn(classification=angry), 1000.0)
    assert (found.priority, found.by_policy) == (Priority.HIGH, Priority.NORMAL)
    assert found.due_at == 1000.0 + 120 * 60
    assert (found.owner, found.queue, found.backup) == ("support", "support", None)
