"""What may be done with a handoff, by whom, in any order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.policy import Priority
from proxy.handoff import moves
from proxy.handoff.case import ADMIN, Case, CaseError, State

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
NOW = 1500.0
MINE = moves.claim(CASE, "kim", NOW)
DONE = moves.resolve(MINE, "kim", NOW, {"resolved": True})
FREE = moves.release(MINE, "kim", NOW)


def urgent(priority: Priority, due_at: float) -> moves.Urgency:
    return moves.Urgency(priority, due_at, priority, "care", "care")


def test_who_claims_first_has_it() -> None:
    assert (MINE.state, MINE.agent, MINE.claimed_at, MINE.version) == ("claimed", "kim", NOW, 1)
    with pytest.raises(CaseError, match="claimed by kim already"):
        moves.claim(MINE, "bo", NOW)
    assert moves.claim(MINE, "kim", NOW + 1) is MINE


def test_two_without_a_name_are_not_taken_for_one() -> None:
    first = moves.claim(CASE, ADMIN, NOW)
    with pytest.raises(CaseError, match="already"):
        moves.claim(first, ADMIN, NOW)


def test_who_answers_what_nobody_has_has_it() -> None:
    answered = moves.reply(CASE, "kim", NOW)
    assert (answered.state, answered.agent, answered.replied_at) == ("claimed", "kim", NOW)
    assert moves.reply(answered, "kim", NOW + 9).replied_at == NOW


@pytest.mark.parametrize("act", [moves.reply, moves.release])
def test_only_whoever_has_it_acts_on_it(act: Callable[..., Case]) -> None:
    with pytest.raises(CaseError, match="reassigned to you"):
        act(MINE, "bo", NOW)
    assert act(MINE, "kim", NOW)
    assert act(MINE, ADMIN, NOW)


@pytest.mark.parametrize("closed", [DONE, FREE])
def test_nothing_is_said_in_what_is_closed(closed: Case) -> None:
    with pytest.raises(CaseError) as refused:
        moves.reply(closed, "kim", NOW)
    assert refused.value.code == "closed"
    with pytest.raises(CaseError):
        moves.resolve(closed, "kim", NOW, {})
    with pytest.raises(CaseError):
        moves.reassign(closed, "kim", NOW, moves.Place(agent="bo"))
    with pytest.raises(CaseError, match="nobody has it"):
        moves.release(closed, "kim", NOW)


def test_what_was_released_may_be_claimed_again_and_what_was_resolved_may_not() -> None:
    assert moves.claim(FREE, "bo", NOW).agent == "bo"
    with pytest.raises(CaseError, match="resolved"):
        moves.claim(DONE, "bo", NOW)


def test_it_goes_to_another_person_or_back_to_a_queue() -> None:
    other = moves.reassign(MINE, "kim", NOW, moves.Place(agent="bo"))
    assert (other.state, other.agent) == ("claimed", "bo")
    back = moves.reassign(MINE, "kim", NOW, moves.Place(owner="risk"))
    assert (back.state, back.agent, back.owner, back.queue) == ("open", None, "risk", "risk")
    with pytest.raises(CaseError, match="kim's already"):
        moves.reassign(MINE, "kim", NOW, moves.Place(agent="kim"))


def test_who_comes_back_opens_it_again() -> None:
    back = moves.join(DONE, urgent(Priority.LOW, 9000.0))
    assert (back.state, back.agent, back.outcome, back.reopened) == ("open", None, None, 1)
    assert (back.due_at, back.queue) == (9000.0, "care")


@pytest.mark.parametrize(
    ("priority", "due", "by_policy", "queue"),
    [
        (Priority.HIGH, 9000.0, Priority.HIGH, "care"),
        (Priority.NORMAL, 1900.0, Priority.NORMAL, "care"),
        (Priority.NORMAL, 2000.0, Priority.NORMAL, "returns"),
        (Priority.HIGH, 1900.0, Priority.LOW, "returns"),
    ],
)
def test_what_nobody_has_goes_where_the_graver_matter_belongs(
    priority: Priority, due: float, by_policy: Priority, queue: str
) -> None:
    graver = replace(urgent(priority, due), by_policy=by_policy)
    assert moves.join(CASE, graver).queue == queue
    assert moves.join(MINE, graver).queue == "returns"


@given(st.sampled_from(Priority), st.sampled_from(Priority), st.floats(0, 1e6), st.floats(0, 1e6))
def test_who_comes_back_is_never_less_urgent_and_never_due_later(
    before: Priority, asked: Priority, due: float, then: float
) -> None:
    case = replace(MINE, priority=before, due_at=due)
    after = moves.join(case, urgent(asked, then))
    order = list(Priority)
    assert order.index(after.priority) == max(order.index(before), order.index(asked))
    assert after.due_at == min(due, then)
    assert (after.state, after.agent) == (case.state, case.agent)


def test_values_are_for_whoever_has_the_handoff() -> None:
    moves.check_holder(MINE, "kim")
    for case, who in ((MINE, "bo"), (MINE, ADMIN), (CASE, "kim"), (DONE, "kim")):
        with pytest.raises(CaseError) as refused:
            moves.check_holder(case, who)
        assert refused.value.code == "forbidden"


MOVES: list[Callable[[Case, str], Case]] = [
    lambda c, who: moves.claim(c, who, NOW),
    lambda c, who: moves.reply(c, who, NOW),
    lambda c, who: moves.resolve(c, who, NOW, {}),
    lambda c, who: moves.release(c, who, NOW),
    lambda c, who: moves.reassign(c, who, NOW, moves.Place(agent="cy")),
    lambda c, who: moves.reassign(c, who, NOW, moves.Place(queue="q")),
    lambda c, _: moves.join(c, urgent(Priority.HIGH, NOW)),
]


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(["kim", "bo", ADMIN]))))
def test_whatever_is_tried_somebody_has_what_is_claimed(steps: list[Any]) -> None:
    case = CASE
    for move, who in steps:
        try:
            after = move(case, who)
        except CaseError as refused:
            assert case.id in str(refused)  # noqa: PT017 - some moves are refused, not all
            continue
        assert after is case or after.version > case.version
        case = after
        assert case.state is not State.CLAIMED or (case.agent and case.claimed_at is not None)
        assert case.state is not State.OPEN or case.agent is None
        assert case.active is (case.closed_at is None)
