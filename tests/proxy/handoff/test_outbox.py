"""What every outbox does alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from proxy.handoff.outbox import CREATED, MAX_WAIT_S, Delivery, Status
from proxy.records.memory import MemoryRecordStore
from proxy.records.sql import SqlRecordStore

Store = MemoryRecordStore | SqlRecordStore
NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z

MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryRecordStore(),
    "sqlite": lambda folder: SqlRecordStore(f"sqlite:///{folder}/records.db"),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = request.param(tmp_path)
    yield made
    made.close()


def packet(number: int) -> dict[str, Any]:
    return {
        "handoff_id": f"h{number}",
        "idempotency_key": f"k{number}",
        "created_at": f"2026-01-01T00:00:{number:02}.000Z",
        "tenant": "acme",
        "conversation": {"id": f"c{number}"},
        "trigger": {"reason_code": "not_in_kb"},
        "routing": {"owner": "shop"},
        "text": "Grüße",
    }


def claim(store: Store, now: float = NOW, *, sink: str = "desk", limit: int = 9) -> list[Delivery]:
    return list(store.outbox.claim(sink, now=now, lease_s=10, limit=limit))


def names(deliveries: list[Delivery]) -> list[str]:
    return [delivery.handoff_id for delivery in deliveries]


def row(store: Store, number: int = 0) -> dict[str, Any]:
    return dict(store.outbox.entries()[number])


def test_a_claim_holds_everything_that_a_sink_needs(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk", "hook"])
    [found] = claim(store)
    assert (found.event_id, found.handoff_id, found.key) == ("h1", "h1", "k1")
    assert (found.type, found.sink, found.attempt) == (CREATED, "desk", 1)
    assert found.created_at == "2026-01-01T00:00:01.000Z"
    assert found.data == packet(1)


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk", "hook"])
    assert names(claim(store)) == ["h1"]
    assert claim(store, NOW + 9.9) == []
    assert names(claim(store, sink="hook")) == ["h1"]
    [again] = claim(store, NOW + 10)
    assert again.attempt == 2


def test_the_oldest_come_first_and_no_more_than_asked_for(store: Store) -> None:
    for number in (1, 2, 3):
        store.open_handoff(packet(number), sinks=["desk"])
    assert names(claim(store, limit=2)) == ["h1", "h2"]
    assert names(claim(store, limit=2)) == ["h3"]
    assert claim(store, sink="nobody") == []


def test_what_was_delivered_is_never_claimed_again(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store)
    store.outbox.delivered(found, now=NOW + 1, reference="35436")
    assert claim(store, NOW + 1e6) == []
    assert row(store) == {
        "event_id": "h1",
        "handoff_id": "h1",
        "sink": "desk",
        "type": CREATED,
        "status": "delivered",
        "attempts": 1,
        "created_at": "2026-01-01T00:00:01.000Z",
        "due_at": 0.0,
        "finished_at": "2026-01-01T00:00:01.000Z",
        "error": None,
        "reference": "35436",
    }


def test_who_lost_the_claim_can_confirm_but_neither_postpone_nor_give_up(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [slow] = claim(store)
    [quick] = claim(store, NOW + 20)
    assert not store.outbox.postpone(slow, due_at=NOW + 500, error="timeout")
    assert not store.outbox.bury(slow, now=NOW, error="timeout")
    store.outbox.release(slow)
    assert row(store)["attempts"] == 2
    store.outbox.delivered(slow, now=NOW + 21)
    assert not store.outbox.postpone(quick, due_at=NOW + 500, error="timeout")
    assert row(store)["status"] == "delivered"


def test_what_is_postponed_waits_for_its_time(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store)
    assert store.outbox.postpone(found, due_at=NOW + 60, error="http_503")
    assert claim(store, NOW + 59) == []
    assert row(store)["error"] == "http_503"
    assert names(claim(store, NOW + 60)) == ["h1"]


def test_what_is_released_was_never_tried(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store)
    store.outbox.release(found)
    [again] = claim(store)
    assert again.attempt == 1


def test_the_dead_rest_until_they_are_replayed(store: Store) -> None:
    for number in (1, 2):
        store.open_handoff(packet(number), sinks=["desk", "hook"])
        for sink in ("desk", "hook"):
            [found] = claim(store, sink=sink)
            assert store.outbox.bury(found, now=NOW, error="http_400")
    assert claim(store, NOW + 1e6) == []
    assert len(store.outbox.entries(status=Status.DEAD, sink="desk")) == 2
    assert store.outbox.replay(handoff_id="nobody") == 0
    assert store.outbox.replay(handoff_id="h1", sink="desk") == 1
    [again] = claim(store)
    assert (again.handoff_id, again.attempt) == ("h1", 1)
    assert store.outbox.replay() == 3
    assert store.outbox.replay() == 0


def test_a_clock_that_jumped_back_keeps_nothing_waiting_for_long(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store, NOW + 1e8)
    assert names(claim(store)) == ["h1"], "a lease from the far future does not count"
    [found] = claim(store, NOW + 20)
    assert store.outbox.postpone(found, due_at=NOW + 1e8, error="timeout")
    assert names(claim(store)) == ["h1"], "nor does a time"


def test_a_clock_that_jumped_ahead_only_brings_tries_forward(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store)
    assert store.outbox.postpone(found, due_at=NOW + MAX_WAIT_S, error="timeout")
    assert claim(store, NOW + 1) == []
    assert names(claim(store, NOW + 1e9)) == ["h1"]


def test_waiting_counts_by_sink_and_tells_the_age(store: Store) -> None:
    assert list(store.outbox.waiting(NOW)) == []
    store.open_handoff(packet(1), sinks=["desk", "hook"])
    store.open_handoff(packet(5), sinks=["desk"])
    [found] = claim(store, sink="hook")
    store.outbox.bury(found, now=NOW, error="gone")
    desk, hook = store.outbox.waiting(NOW + 11)
    assert (desk.sink, desk.pending, desk.dead, desk.oldest_s) == ("desk", 2, 0, 10)
    assert (hook.sink, hook.pending, hook.dead, hook.oldest_s) == ("hook", 0, 1, 0)
    assert store.outbox.waiting(NOW - 1e6)[0].oldest_s == 0, "no age is negative"


def test_a_list_is_filtered_and_limited(store: Store) -> None:
    for number in (1, 2, 3):
        store.open_handoff(packet(number), sinks=["desk", "hook"])
    listed = store.outbox.entries(sink="hook", status=Status.PENDING, limit=2)
    assert [entry["handoff_id"] for entry in listed] == ["h1", "h2"]
    assert list(store.outbox.entries(status=Status.DEAD)) == []
    assert list(store.outbox.entries(limit=0)) == []


def test_what_is_erased_is_delivered_no_more(store: Store) -> None:
    store.open_handoff(packet(1), sinks=["desk"])
    [found] = claim(store)
    store.erase("acme", conversations=["c1"])
    store.outbox.delivered(found, now=NOW)
    assert not store.outbox.postpone(found, due_at=NOW, error="timeout")
    assert list(store.outbox.entries()) == []
    assert claim(store, NOW + 1e6) == []


def test_many_workers_never_share_a_delivery(store: Store) -> None:
    for number in range(40):
        store.open_handoff(packet(number), sinks=["desk"])

    def work(_: int) -> list[str]:
        mine: list[str] = []
        while found := claim(store, limit=3):
            mine += names(found)
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [name for mine in pool.map(work, range(6)) for name in mine]
    assert sorted(taken) == sorted(f"h{number}" for number in range(40))
