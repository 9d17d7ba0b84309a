from collections.abc import Iterator, Sequence

import pytest

from policies.errors import StoreError
from proxy.switch.base import Change, Move
from proxy.switch.board import BLIND_S, LOOK_S, Switchboard
from proxy.switch.memory import MemorySwitchStore
from validators.offload import Offload


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Flaky(MemorySwitchStore):
    """Breaks while told to, and counts how often it is looked at."""

    broken = False
    looks = 0

    def changes(self) -> Sequence[Change]:
        self.looks += 1
        if self.broken:
            msg = "gone"
            raise StoreError(msg)
        return super().changes()


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Flaky:
    return Flaky()


@pytest.fixture
def board(store: Flaky, offload: Offload, clock: Clock) -> Switchboard:
    return Switchboard(store, offload, clock=clock, now=lambda: 0.0)


async def test_what_another_replica_switched_is_in_force_soon(
    board: Switchboard, store: Flaky, clock: Clock
) -> None:
    assert await board.current() == frozenset()
    store.append(Change("t", "other", Move.TIGHTEN, "refund"))
    clock.now += LOOK_S
    assert await board.current() == {"refund"}
    assert LOOK_S < BLIND_S <= 5


async def test_requests_of_one_second_look_once(board: Switchboard, store: Flaky) -> None:
    for _ in range(5):
        await board.current()
    assert store.looks == 1


async def test_its_own_change_is_in_force_at_once(
    board: Switchboard, store: Flaky, caplog: pytest.LogCaptureFixture
) -> None:
    await board.current()
    assert await board.turn(Move.TIGHTEN, "*", "me") == {"*"}
    assert await board.current() == {"*"}
    assert await board.turn(Move.RELAX, "*", "me") == frozenset()
    assert [c.at for c in store.changes()] == ["1970-01-01T00:00:00.000Z"] * 2
    assert "tighten everything by me" in caplog.text


async def test_blind_for_too_long_sends_everything_to_people(
    board: Switchboard, store: Flaky, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await board.turn(Move.TIGHTEN, "refund", "me")
    store.broken = True
    clock.now += LOOK_S
    assert await board.current() == {"refund"}
    assert "ALARM" not in caplog.text
    clock.now += BLIND_S
    assert await board.current() == {"*"}
    assert "ALARM" in caplog.text
    store.broken = False
    assert await board.current() == {"refund"}


async def test_who_never_saw_the_switch_sends_everything_to_people(
    board: Switchboard, store: Flaky
) -> None:
    store.broken = True
    assert await board.current() == {"*"}


async def test_a_change_that_was_not_kept_is_none(offload: Offload, clock: Clock) -> None:
    class Full(MemorySwitchStore):
        def append(self, change: Change) -> None:
            raise StoreError(str(change))

    board = Switchboard(Full(), offload, clock=clock)
    with pytest.raises(StoreError):
        await board.turn(Move.TIGHTEN, "*", "me")
    assert await board.current() == frozenset()
