from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.vault.base import VaultStore
from proxy.vault.memory import MemoryVault
from proxy.vault.redis import RedisVault
from proxy.vault.sqlite import SqliteVault

KEY = b"a master key for the tests alone"


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[VaultStore]:
    if request.param == "redis":
        url, prefix = request.getfixturevalue("redis_place")
        in_redis = RedisVault(url, KEY, ttl_s=60, now=clock, prefix=prefix)
        yield in_redis
        in_redis.close()
        return
    makers: dict[str, Callable[[], VaultStore]] = {
        "memory": lambda: MemoryVault(ttl_s=60, now=clock),
        "sqlite": lambda: SqliteVault(tmp_path / "v" / "vault.db", KEY, ttl_s=60, now=clock),
    }
    made = makers[request.param]()
    yield made
    made.close()


def test_values_come_back_over_several_turns(store: VaultStore) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada"})
    store.remember("t", "c", {"[PERSON_b2bb]": "Bo \ud83d"})
    assert dict(store.recall("t", "c")) == {"[PERSON_a2aa]": "Ada", "[PERSON_b2bb]": "Bo \ud83d"}


def test_the_first_value_of_a_placeholder_stays(store: VaultStore) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada"})
    store.remember("t", "c", {"[PERSON_a2aa]": "ADA"})
    assert dict(store.recall("t", "c")) == {"[PERSON_a2aa]": "Ada"}


def test_who_comes_second_is_told_what_a_placeholder_stands_for(store: VaultStore) -> None:
    first = store.remember("t", "c", {"[PERSON_a2aa]": "Ada", "[PERSON_b2bb]": "Bo"})
    assert dict(first) == {"[PERSON_a2aa]": "Ada", "[PERSON_b2bb]": "Bo"}
    second = store.remember("t", "c", {"[PERSON_a2aa]": "Cy", "[PERSON_c2cc]": "Di"})
    assert dict(second) == {"[PERSON_a2aa]": "Ada", "[PERSON_c2cc]": "Di"}


def test_what_the_customer_brought_stays_own(store: VaultStore) -> None:
    values = {"[PERSON_a2aa]": "Ada", "[PERSON_b2bb]": "Bo"}
    store.remember("t", "c", values)
    assert store.recall("t", "c").own == frozenset()
    kept = store.remember("t", "c", values, own=["[PERSON_b2bb]", "[PERSON_zz22]"])
    assert kept.own == {"[PERSON_b2bb]"}
    store.remember("t", "c", values, own=[])
    assert store.recall("t", "c").own == {"[PERSON_b2bb]"}


def test_a_conversation_belongs_to_its_last_customer(store: VaultStore) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada"}, customer_ref="one")
    store.remember("t", "c", {}, customer_ref="two")
    store.remember("t", "c", {})
    assert store.forget_customer("t", "one") == 0
    assert store.forget_customer("t", "two") == 1
    assert dict(store.recall("t", "c")) == {}


def test_tenants_and_conversations_are_apart(store: VaultStore) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada"})
    assert dict(store.recall("u", "c")) == {}
    assert dict(store.recall("t", "d")) == {}
    assert store.forget_conversation("u", "c") == 0
    assert len(store.recall("t", "c")) == 1


def test_values_expire_after_the_last_turn(store: VaultStore, clock: Clock) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada"})
    clock.time += 59
    store.remember("t", "c", {})
    clock.time += 59
    assert len(store.recall("t", "c")) == 1
    assert store.purge() == 0
    clock.time += 2
    assert dict(store.recall("t", "c")) == {}


def test_purging_erases_what_has_expired(store: VaultStore, clock: Clock) -> None:
    store.remember("t", "old", {"[PERSON_a2aa]": "Ada"})
    clock.time += 30
    store.remember("t", "new", {"[PERSON_a2aa]": "Ada"})
    clock.time += 31
    assert store.purge() == 1
    assert len(store.recall("t", "new")) == 1


def test_a_conversation_can_be_erased(store: VaultStore) -> None:
    store.remember("t", "c", {"[PERSON_a2aa]": "Ada", "[PERSON_b2bb]": "Bo"})
    assert store.forget_conversation("t", "c") == 2
    assert dict(store.recall("t", "c")) == {}
    assert store.forget_conversation("t", "c") == 0


def test_a_customer_can_be_erased_in_one_tenant(store: VaultStore) -> None:
    for tenant, conversation, customer in (
        ("t", "1", "ann"),
        ("t", "2", "ann"),
        ("t", "3", "bo"),
        ("u", "4", "ann"),
    ):
        store.remember(tenant, conversation, {"[PERSON_a2aa]": "x"}, customer_ref=customer)
    store.remember("t", "2", {"[PERSON_b2bb]": "y"})
    assert store.forget_customer("t", "ann") == 3
    assert [len(store.recall(t, c)) for t, c in (("t", "1"), ("t", "2"), ("t", "3"))] == [0, 0, 1]
    assert len(store.recall("u", "4")) == 1


def test_threads_lose_nothing(store: VaultStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.remember("t", "c", {f"[PERSON_{n}]": str(n)}), range(40)))
    assert len(store.recall("t", "c")) == 40


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(
        st.tuples(
            st.sampled_from("tu"),
            st.sampled_from("cd"),
            st.dictionaries(
                st.text("AB_2]é", min_size=1, max_size=4), st.text(st.characters(), max_size=5)
            ),
        ),
        max_size=6,
    )
)
def test_it_is_a_dictionary_where_the_first_value_wins(
    store: VaultStore, turns: list[tuple[str, str, dict[str, str]]]
) -> None:
    for tenant in "tu":
        for conversation in "cd":
            store.forget_conversation(tenant, conversation)
    expected: dict[tuple[str, str], dict[str, str]] = {}
    for tenant, conversation, values in turns:
        store.remember(tenant, conversation, values)
        known = expected.setdefault((tenant, conversation), {})
        expected[tenant, conversation] = {**values, **known}
    for place, values in expected.items():
        assert dict(store.recall(*place)) == values
