import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.messages import Message, Role
from policies.text import Redacted
from policies.turn import Caller, Turn
from proxy.handoff.ids import idempotency_key, new_handoff_id

TurnFactory = Callable[..., Turn]
KEY = b"k" * 32


def said(*texts: str) -> tuple[Message, ...]:
    roles = (Role.USER, Role.ASSISTANT)
    return tuple(Message(roles[n % 2], Redacted(text)) for n, text in enumerate(texts))


@given(st.floats(0, 4e9), st.floats(0, 4e9))
@settings(deadline=None)
def test_ids_sort_by_time(left: float, right: float) -> None:
    one, two = new_handoff_id(left), new_handoff_id(right)
    assert re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", one)
    if int(left * 1000) < int(right * 1000):
        assert one < two


def test_ids_of_one_moment_differ() -> None:
    assert len({new_handoff_id(1.0) for _ in range(1000)}) == 1000


def test_a_retry_has_the_key_of_the_first_request(make_turn: TurnFactory) -> None:
    first = make_turn()
    retry = make_turn(id="hr_2", request_id="req_2", created=first.created + 9_999, trace_id="")
    assert idempotency_key(retry, KEY) == idempotency_key(first, KEY)
    assert re.fullmatch("[0-9a-f]{64}", idempotency_key(first, KEY))


@pytest.mark.parametrize(
    "changes",
    [
        {"caller": Caller("web", "other", "key-1")},
        {"conversation_id": "conv-2"},
        {"conversation": said("something else")},
        {"conversation": said("TXT I am [PERSON_k7q2]. Return?", "b", "third")},
    ],
    ids=["tenant", "conversation", "text", "turn"],
)
def test_another_matter_has_another_key(make_turn: TurnFactory, changes: dict[str, Any]) -> None:
    assert idempotency_key(make_turn(**changes), KEY) != idempotency_key(make_turn(), KEY)


def test_another_policy_or_secret_has_another_key(make_turn: TurnFactory) -> None:
    turn = make_turn()
    other = turn.but(policy=replace(turn.policy, id="other"))
    assert idempotency_key(other, KEY) != idempotency_key(turn, KEY)
    assert idempotency_key(turn, b"x") != idempotency_key(turn, KEY)


def test_saying_the_same_again_later_is_another_turn(make_turn: TurnFactory) -> None:
    first = make_turn(conversation=said("a person please"))
    later = make_turn(conversation=said("a person please", "sure", "a person please"))
    assert idempotency_key(later, KEY) != idempotency_key(first, KEY)


def test_names_cannot_be_shifted_between_fields(make_turn: TurnFactory) -> None:
    left = make_turn(caller=Caller("b", "a|b"), conversation_id="c")
    right = make_turn(caller=Caller("b", "a"), conversation_id="b|c")
    assert idempotency_key(left, KEY) != idempotency_key(right, KEY)


def unnamed(make_turn: TurnFactory, **changes: Any) -> str:
    return idempotency_key(make_turn(conversation_id=None, **changes), KEY)


def test_without_a_conversation_id_every_request_is_its_own_handoff(
    make_turn: TurnFactory,
) -> None:
    first = unnamed(make_turn)
    assert unnamed(make_turn) == first
    assert unnamed(make_turn, id="hr_2") != first


def test_an_unnamed_conversation_is_no_conversation_named_none(make_turn: TurnFactory) -> None:
    assert unnamed(make_turn) != idempotency_key(make_turn(conversation_id="None"), KEY)
