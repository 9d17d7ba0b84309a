from collections.abc import Iterator

import pytest

from policies.errors import StoreError
from proxy.redis_client import RedisCommands
from proxy.switch.base import Change, Move
from proxy.switch.shared import RedisSwitchStore

CHANGE = Change("2026-01-01T00:00:00.000Z", "Zoë", Move.TIGHTEN, "refund")


@pytest.fixture
def commands(redis_place: tuple[str, str]) -> Iterator[RedisCommands]:
    made = RedisCommands(redis_place[0], timeout_s=1)
    yield made
    made.close()


def test_replicas_see_the_same(commands: RedisCommands, redis_place: tuple[str, str]) -> None:
    key = f"{redis_place[1]}:changes"
    one, other = RedisSwitchStore(commands, key), RedisSwitchStore(commands, key)
    assert list(other.changes()) == []
    one.append(CHANGE)
    one.append(Change("t", "me", Move.RELAX, "*"))
    assert list(other.changes()) == [CHANGE, Change("t", "me", Move.RELAX, "*")]


def test_a_damaged_entry_counts_for_nothing(
    commands: RedisCommands, redis_place: tuple[str, str]
) -> None:
    key = f"{redis_place[1]}:changes"
    commands("RPUSH", key, b"{")
    store = RedisSwitchStore(commands, key)
    store.append(CHANGE)
    assert list(store.changes()) == [CHANGE]


def test_a_server_that_is_gone_says_so() -> None:
    store = RedisSwitchStore(RedisCommands("redis://127.0.0.1:1/0", timeout_s=0.2))
    with pytest.raises(StoreError, match="Redis"):
        store.changes()
    with pytest.raises(StoreError, match="Redis"):
        store.append(CHANGE)
    store.close()


def test_what_is_no_list_is_told() -> None:
    class Odd:
        def __call__(self, *command: str | bytes | float) -> object:
            return command[0]

        def close(self) -> None:
            pass

    with pytest.raises(StoreError, match="no list"):
        RedisSwitchStore(Odd()).changes()
