"""What every record store does alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.memory import MemoryRecordStore
from proxy.records.sql import SqlRecordStore

Store = MemoryRecordStore | SqlRecordStore
SINKS = ("desk", "hook")

MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryRecordStore(),
    "sqlite": lambda folder: SqlRecordStore(f"sqlite:///{folder}/records.db"),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = request.param(tmp_path)
    yield made
    made.close()


def packet(number: int, key: str | None = None) -> dict[str, Any]:
    return {
        "handoff_id": f"h{number}",
        "idempotency_key": key or f"k{number}",
        "created_at": f"2026-01-01T00:00:{number:02}.000Z",
        "tenant": "acme",
        "conversation": {"id": f"c{number}", "messages": [{"role": "customer", "text": "Grüße"}]},
        "customer": {"ref": "cust-1"},
        "trigger": {"reason_code": "not_in_kb"},
        "intent": {"label": "returns"},
        "routing": {
            "owner": "shop",
            "queue_id": "returns",
            "priority": "high",
            "sla": {"first_response_due_at": "2026-01-01T04:00:00.000Z"},
        },
    }


def record(number: int, action: str = "pass", intent: str | None = "returns") -> dict[str, Any]:
    made: dict[str, Any] = {"version": "1", "id": f"hr_{number}", "action": action, "n": number}
    return made if intent is None else {**made, "intent": {"name": intent}}


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


def test_a_packet_comes_back_whole(store: Store) -> None:
    opening = store.open_handoff(packet(1))
    assert (opening.id, opening.created) == ("h1", True)
    kept = store.handoff("h1")
    assert kept == {
        "id": "h1",
        "status": "open",
        "created_at": "2026-01-01T00:00:01.000Z",
        "packet": packet(1),
    }


def test_a_retry_joins_the_first_handoff_and_keeps_its_packet(store: Store) -> None:
    store.open_handoff(packet(1, key="same"), sinks=SINKS)
    again = store.open_handoff(packet(2, key="same"), sinks=SINKS)
    assert (again.id, again.created) == ("h1", False)
    assert store.handoff("h2") is None
    kept = store.handoff("h1")
    assert kept is not None
    assert kept["packet"] == packet(1, key="same")
    assert len(store.outbox.entries()) == len(SINKS)


def test_each_handoff_waits_once_per_sink(store: Store) -> None:
    store.open_handoff(packet(1), sinks=SINKS)
    store.open_handoff(packet(2), sinks=SINKS)
    waiting = [(row["handoff_id"], row["sink"], row["status"]) for row in store.outbox.entries()]
    assert waiting == [
        ("h1", "desk", "pending"),
        ("h1", "hook", "pending"),
        ("h2", "desk", "pending"),
        ("h2", "hook", "pending"),
    ]


def test_a_list_shows_what_a_queue_needs(store: Store) -> None:
    store.open_handoff(packet(1))
    assert list(store.handoffs()) == [
        {
            "id": "h1",
            "status": "open",
            "created_at": "2026-01-01T00:00:01.000Z",
            "queue": "returns",
            "owner": "shop",
            "priority": "high",
            "reason": "not_in_kb",
            "intent": "returns",
            "conversation_id": "c1",
            "due_at": "2026-01-01T04:00:00.000Z",
        }
    ]
    assert ids(store.handoffs(status="open")) == ["h1"]
    assert ids(store.handoffs(status="resolved")) == []


def test_handoffs_page_from_the_newest(store: Store) -> None:
    for number in range(5):
        store.open_handoff(packet(number))
    first = ids(store.handoffs(limit=2))
    second = ids(store.handoffs(limit=2, after=first[-1]))
    third = ids(store.handoffs(limit=2, after=second[-1]))
    assert (first, second, third) == (["h4", "h3"], ["h2", "h1"], ["h0"])
    assert ids(store.handoffs(after="h0")) == []
    assert ids(store.handoffs(after="nobody")) == []
    assert ids(store.handoffs(limit=0)) == []


def test_a_packet_that_is_not_one_is_refused_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(StoreError):
        store.open_handoff({"handoff_id": "h1"}, sinks=SINKS)
    with pytest.raises(StoreError):
        store.open_handoff({**packet(1), "odd": object()})
    assert ids(store.handoffs()) == []
    assert list(store.outbox.entries()) == []


def test_the_decision_that_promised_a_person_is_stored_with_the_packet(store: Store) -> None:
    store.open_handoff(packet(1), record=record(1, "escalate"))
    store.open_handoff(packet(2, key="k1"), record=record(2, "escalate"))
    assert ids(store.decisions()) == ["hr_1"]
    with pytest.raises(StoreError):
        store.open_handoff(packet(3), sinks=SINKS, record={"id": "hr_3"})
    assert ids(store.handoffs()) == ["h1"]
    assert list(store.outbox.entries()) == []


def test_a_decision_comes_back_whole(store: Store) -> None:
    store.save_decision(record(1))
    assert store.decision("hr_1") == record(1)
    assert store.decision("hr_2") is None
    assert store.handoff("h1") is None


def test_the_same_decision_again_replaces_it(store: Store) -> None:
    store.save_decisions([record(1), record(2)])
    store.save_decision(record(1, action="block"))
    assert store.decision("hr_1") == record(1, action="block")
    assert ids(store.decisions()) == ["hr_1", "hr_2"]


def test_decisions_are_filtered_and_paged(store: Store) -> None:
    store.save_decisions([record(1), record(2, "escalate"), record(3, intent="refund")])
    store.save_decisions([record(4, intent=None), record(5)])
    assert ids(store.decisions()) == ["hr_5", "hr_4", "hr_3", "hr_2", "hr_1"]
    assert ids(store.decisions(action="escalate")) == ["hr_2"]
    assert ids(store.decisions(intent="refund")) == ["hr_3"]
    assert ids(store.decisions(action="pass", intent="returns")) == ["hr_5", "hr_1"]
    assert ids(store.decisions(limit=2, after="hr_4")) == ["hr_3", "hr_2"]
    assert ids(store.decisions(action="pass", after="hr_3")) == ["hr_1"]
    assert ids(store.decisions(after="nobody")) == []


def test_a_batch_is_stored_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(StoreError):
        store.save_decisions([record(1), {"id": "hr_2"}])
    assert ids(store.decisions()) == []
    store.save_decisions([])
    assert ids(store.decisions()) == []


def test_text_that_a_database_may_not_take_is_no_obstacle(store: Store) -> None:
    odd = {**record(1), "conversation": "a\x00b\ud800", "text": "a\x00b\ud800"}
    store.save_decision(odd)
    kept = store.decision("hr_1")
    assert kept is not None
    assert kept["text"] == "a\x00b\ud800"
    assert store.decision("\ud800") is None
    assert ids(store.decisions(intent="\x00returns")) in ([], ["hr_1"])


def test_a_store_that_works_answers_ping(store: Store) -> None:
    store.ping()
    store.open_handoff(packet(1))
    store.ping()


def test_many_threads_open_each_handoff_once(store: Store) -> None:
    def work(number: int) -> bool:
        store.save_decision(record(number))
        return store.open_handoff(packet(number, key=f"k{number % 10}"), sinks=SINKS).created

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(work, range(60)))
    assert sum(created) == 10
    assert len(store.handoffs()) == 10
    assert len(store.decisions(limit=100)) == 60
    assert len(store.outbox.entries()) == 10 * len(SINKS)


def of(number: int, conversation: str, ref: str | None, tenant: str = "acme") -> dict[str, Any]:
    return {
        **record(number),
        "tenant": tenant,
        "conversation": conversation,
        "customer_ref": ref,
    }


def test_the_conversations_of_a_customer_are_those_that_name_it(store: Store) -> None:
    store.save_decision(of(1, "c1", "cust-1"))
    store.save_decision(of(2, "unknown", "cust-1"))
    store.save_decision(of(3, "c3", "cust-2"))
    store.save_decision(of(4, "c4", "cust-1", tenant="other"))
    store.open_handoff(packet(5))
    assert store.conversations_of("acme", ["cust-1", "cust-9"]) == ["c1", "c5"]
    assert store.conversations_of("acme", []) == []


def test_erasing_takes_decisions_handoffs_and_deliveries_of_one_tenant(store: Store) -> None:
    for number, place, ref in ((1, "c1", None), (2, "c2", "cust-1"), (3, "c3", None)):
        store.save_decision(of(number, place, ref))
    store.save_decision(of(4, "c1", "cust-1", tenant="other"))
    store.open_handoff(packet(5), sinks=SINKS)
    store.open_handoff({**packet(6), "customer": {"ref": "cust-2"}}, sinks=SINKS)
    done = store.erase("acme", conversations=["c1"], customers=["cust-1"])
    assert (done.decisions, done.handoffs) == (2, 1)
    assert ids(store.decisions()) == ["hr_4", "hr_3"]
    assert ids(store.handoffs()) == ["h6"]
    assert {entry["handoff_id"] for entry in store.outbox.entries()} == {"h6"}
    again = store.erase("acme", conversations=["c1"], customers=["cust-1"])
    assert (again.decisions, again.handoffs) == (0, 0)
    assert store.open_handoff(packet(5)).created
