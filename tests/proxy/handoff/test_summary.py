from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.messages import Message, Role
from policies.text import Redacted
from policies.turn import Turn
from proxy.handoff.summary import LIMIT, summarise

TurnFactory = Callable[..., Turn]


def said(role: Role, text: str, *, tool_call: bool = False) -> Message:
    return Message(role, Redacted(text), tool_call=tool_call)


def test_it_tells_the_goal_and_what_was_tried(make_turn: TurnFactory) -> None:
    turn = make_turn(
        conversation=(
            said(Role.SYSTEM, "PROMPT"),
            said(Role.USER, "My parcel is late"),
            said(Role.ASSISTANT, '{"order": 1}', tool_call=True),
            said(Role.TOOL, "RESULT"),
            said(Role.ASSISTANT, "It is on its way."),
            said(Role.USER, "I want my money back"),
        )
    )
    assert summarise(turn).splitlines() == [
        "Customer began: My parcel is late",
        "Customer's last message (2): I want my money back",
        "The bot had answered 1 times, last: It is on its way.",
        "Tool calls made: 1",
        "Pages looked at: TXT title",
        "The customer was told: TXT A colleague takes over.",
    ]


def test_one_message_is_told_once(make_turn: TurnFactory) -> None:
    turn = make_turn(conversation=(said(Role.USER, "Hello"),), sources=(), notice=Redacted(""))
    assert summarise(turn) == "Customer began: Hello"


def test_silence_is_told_too(make_turn: TurnFactory) -> None:
    assert summarise(make_turn(conversation=())).startswith("The customer wrote nothing.")


roles = st.sampled_from([Role.USER, Role.ASSISTANT, Role.TOOL])


@given(st.lists(st.tuples(roles, st.text(), st.integers(1, 3000)), max_size=6))
@settings(
    deadline=None,
    max_examples=50,
    # the factory only makes frozen values, so examples can't influence each other
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_it_always_fits(make_turn: TurnFactory, messages: list[tuple[Role, str, int]]) -> None:
    turn = make_turn(
        conversation=tuple(said(role, text * times) for role, text, times in messages),
        notice=Redacted("x" * 5000),
    )
    assert 0 < len(summarise(turn)) <= LIMIT
