from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Reason
from policies.held import Held, news
from policies.messages import Message, Role
from policies.text import Redacted

CLOSED = Held("h1", "disputes", Reason.NOT_IN_KB, last_said=Redacted("b"))
OWNED = replace(CLOSED, owned=True)


def talk(*texts: str) -> tuple[Message, ...]:
    """Return a conversation: what the customer said, each answered with A."""
    said = []
    for text in texts:
        said += [Message(Role.USER, Redacted(text)), Message(Role.ASSISTANT, Redacted("A"))]
    return tuple(said[:-1])


@pytest.mark.parametrize("state", ["owned", "waiting", "cooling"])
def test_a_repeat_joins_what_is_open_or_was_just_closed(state: str) -> None:
    assert Held("h1", "disputes", Reason.NOT_IN_KB, **{state: True}).joins


def test_a_repeat_joins_nothing_that_is_over() -> None:
    assert not Held("h1", "disputes", Reason.NOT_IN_KB).joins


@pytest.mark.parametrize("held", [CLOSED, OWNED])
def test_what_a_person_has_seen_is_no_news(held: Held) -> None:
    assert [m.text for m in news(talk("a", "b", "c"), held)] == ["A", "c"]
    assert [m.text for m in news(talk("a", "b", "c", "d"), held)] == ["A", "c", "A", "d"]
    assert [m.text for m in news(talk("b", "a", "b", "c"), held)] == ["A", "c"]


@pytest.mark.parametrize(
    "held", [None, replace(CLOSED, waiting=True), replace(CLOSED, last_said=None)]
)
def test_where_nobody_has_seen_it_all_is_news(held: Held | None) -> None:
    assert news(talk("a", "b", "c"), held) == talk("a", "b", "c")


def test_a_conversation_that_was_cut_is_news() -> None:
    assert news(talk("c", "d"), CLOSED) == talk("c", "d")
    assert news((), CLOSED) == ()


@given(st.lists(st.sampled_from("abc"), max_size=6))
def test_the_last_message_is_always_news(texts: list[str]) -> None:
    whole = talk(*texts)
    found = news(whole, CLOSED)
    assert found == whole[len(whole) - len(found) :]
    assert found[-1:] == whole[-1:]
