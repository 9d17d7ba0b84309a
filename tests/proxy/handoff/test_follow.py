from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.findings import Reason
from policies.messages import Message, Role
from policies.text import Redacted
from proxy.handoff.follow import asked, exchanged, urgent
from proxy.handoff.ids import idempotency_key

KEY = b"key"


def test_the_customer_s_message_has_the_key_of_its_turn(make_turn: Any) -> None:
    turn = make_turn()
    [said] = asked(turn, KEY)
    assert (said.role, said.text) == ("customer", "TXT I am [PERSON_k7q2]. Return?")
    assert said.key == idempotency_key(turn, KEY)


@pytest.mark.parametrize(
    "last", [Message(Role.TOOL, Redacted("{}")), Message(Role.USER, Redacted("  "))]
)
def test_a_tool_s_result_is_no_message_of_the_customer(make_turn: Any, last: Message) -> None:
    talk = (*make_turn().conversation, last)
    assert asked(make_turn(conversation=talk), KEY) == ()
    assert asked(make_turn(conversation=()), KEY) == ()


@pytest.mark.parametrize(
    ("decision", "answer"),
    [
        (Deliver(), ["TXT Parcels go back within 30 days. TXT Postage is free."]),
        (
            Rewrite(Reason.NOT_IN_KB, frozenset({(0, 1)})),
            ["TXT Parcels go back within 30 days. "],
        ),
        (Rewrite(Reason.NOT_IN_KB, frozenset({(0, 0), (0, 1)})), []),
        (HandOff(Reason.NOT_IN_KB), []),
        (Refuse(Reason.PROMPT_ATTACK), []),
    ],
)
def test_the_bot_s_answer_is_what_left(make_turn: Any, decision: Any, answer: list[str]) -> None:
    said = exchanged(make_turn(decision=decision), KEY)
    assert [item.role for item in said] == ["customer", *("bot" for _ in answer)]
    assert [item.text for item in said[1:]] == answer
    assert len({item.key for item in said}) == len(said)


def test_only_what_can_t_wait_is_urgent(make_turn: Any) -> None:
    assert not urgent(make_turn())
    assert not urgent(make_turn(classification=None))
