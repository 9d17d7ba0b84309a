"""What every store of cases does alike, and what only a database must."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.dialects import postgresql

from policies.errors import StoreError
from policies.policy import Priority
from policies.text import Redacted
from proxy.audit import Entry
from proxy.handoff import moves
from proxy.handoff.case import Act, Case, Said
from proxy.records.memory import MemoryRecordStore
from proxy.records.sql import SqlRecordStore
from proxy.records.tables import metadata

Store = MemoryRecordStore | SqlRecordStore
MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryRecordStore(),
    "sqlite": lambda folder: SqlRecordStore(f"sqlite:///{folder}/records.db"),
}
NOW = 1_767_225_700.0


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = request.param(tmp_path)
    yield made
    made.close()


def packet(number: int, conversation: str | None = None, **routing: Any) -> dict[str, Any]:
    return {
        "handoff_id": f"h{number}",
        "idempotency_key": f"k{number}",
        "created_at": f"2026-01-01T00:00:{number:02}.000Z",
        "tenant": "acme",
        "conversation": {
            "id": conversation or f"c{number}",
            "messages": [
                {"role": "customer", "text": "Grüße"},
                {"role": "bot", "text": "Hallo"},
            ],
        },
        "customer": {"ref": "cust-1"},
        "trigger": {"reason_code": "not_in_kb"},
        "intent": {"label": "returns"},
        "routing": {
            "owner": "shop",
            "queue_id": "returns",
            "backup_owner": "risk",
            "priority": "normal",
            "sla": {"first_response_due_at": f"2026-01-01T04:00:{number:02}.000Z"},
            **routing,
        },
    }


def opened(store: Store, number: int, **more: Any) -> Case:
    opening = store.open_handoff(packet(number, **more))
    case = store.cases.case(opening.id)
    assert case is not None
    return case


def act(*said: Said, event: str | None = None) -> Act:
    return Act(NOW, Entry("kim", "handoff.test", "h1"), said, event, {"n": 1})


def reply(key: str = "r1") -> Said:
    return Said("agent", Redacted("Hi [PERSON_k7q2]"), key, "kim", "own")


def calm(due_at: float) -> moves.Urgency:
    return moves.Urgency(Priority.LOW, due_at, Priority.LOW, "shop", "returns")


def ids(cases: Any) -> list[str]:
    return [case.id for case in cases]


def test_a_handoff_has_a_case_and_its_message(store: Store) -> None:
    case = opened(store, 1)
    assert case == Case(
        id="h1",
        tenant="acme",
        conversation_id="c1",
        reason="not_in_kb",
        intent="returns",
        owner="shop",
        queue="returns",
        backup="risk",
        opened_at=1_767_225_601.0,
        due_at=1_767_240_001.0,
    )
    [said] = store.cases.messages("h1")
    assert (said.role, said.text) == ("customer", "Grüße")
    assert store.cases.knows("h1", "k1")
    assert store.cases.case("h2") is None


def test_a_conversation_that_waits_is_joined_and_another_tenant_s_is_not(store: Store) -> None:
    opened(store, 1, conversation="c")
    again = store.open_handoff(packet(2, conversation="c"))
    assert (again.id, again.created) == ("h1", False)
    assert store.handoff("h2") is None
    other = store.open_handoff({**packet(3, conversation="c"), "tenant": "other"})
    assert other.created


def test_conversations_without_a_name_are_not_one(store: Store) -> None:
    assert store.open_handoff(packet(1, conversation="unknown")).created
    assert store.open_handoff(packet(2, conversation="unknown")).created


def test_after_it_was_closed_another_may_open(store: Store) -> None:
    case = opened(store, 1, conversation="c")
    done = moves.resolve(case, "kim", NOW, {"resolved": True})
    assert store.cases.change(case, done, act())
    assert store.open_handoff(packet(2, conversation="c")).created
    current = store.cases.current("acme", "c")
    assert current is not None
    assert current.id == "h2"
    back = moves.join(done, calm(NOW))
    assert not store.cases.change(done, back, act())
    assert store.cases.case("h1") == done


def test_who_saw_an_older_version_has_lost(store: Store) -> None:
    case = opened(store, 1)
    kim = moves.claim(case, "kim", NOW)
    assert store.cases.change(case, kim, act(reply()))
    assert not store.cases.change(case, moves.claim(case, "bo", NOW), act(reply("r2")))
    assert store.cases.case("h1") == kim
    assert len(store.audit.entries()) == 1
    assert len(store.cases.messages("h1")) == 2
    handoff = store.handoff("h1")
    assert handoff is not None
    assert handoff["status"] == "claimed"
    [listed] = store.handoffs(status="claimed")
    assert listed["id"] == "h1"


def test_a_known_message_changes_nothing(store: Store) -> None:
    case = opened(store, 1)
    again = Said("customer", Redacted("Grüße"), "k1")
    after = moves.claim(case, "kim", NOW)
    assert not store.cases.change(case, after, act(again))
    assert store.cases.case("h1") == case
    assert list(store.audit.entries()) == []


def test_an_outcome_comes_back_whole(store: Store) -> None:
    case = opened(store, 1)
    done = moves.resolve(case, "kim", NOW, {"minutes": 4.5, "note": "Grüße", "kb": None})
    assert store.cases.change(case, done, act())
    assert store.cases.case("h1") == done


@pytest.mark.parametrize("workers", [8])
def test_of_many_at_once_one_wins(store: Store, workers: int) -> None:
    case = opened(store, 1)
    start = threading.Barrier(workers)

    def claim(who: int) -> bool:
        start.wait(10)
        return store.cases.change(case, moves.claim(case, f"agent-{who}", NOW), act())

    with ThreadPoolExecutor(workers) as pool:
        won = list(pool.map(claim, range(workers)))
    assert won.count(True) == 1
    kept = store.cases.case("h1")
    assert kept is not None
    assert kept.agent == f"agent-{won.index(True)}"


def test_the_queue_is_filtered_and_ordered(store: Store) -> None:
    low, urgent, high, early = (
        opened(store, n, priority=p)
        for n, p in ((1, "normal"), (2, "urgent"), (3, "high"), (4, "high"))
    )
    sooner = moves.join(early, calm(1.0))
    assert store.cases.change(early, sooner, act())
    assert store.cases.change(low, moves.claim(low, "kim", NOW), act())
    assert ids(store.cases.cases()) == ["h4", "h3", "h2", "h1"]
    assert ids(store.cases.cases(order="urgent")) == ["h2", "h4", "h3", "h1"]
    assert ids(store.cases.cases(state="claimed")) == ["h1"]
    assert ids(store.cases.cases(agent="kim")) == ["h1"]
    assert ids(store.cases.cases(queue="other")) == []
    assert ids(store.cases.cases(owner="shop", limit=2, after=urgent.id)) == ["h1"]
    assert ids(store.cases.cases(after="nobody")) == []
    assert high.id == "h3"


def test_a_reply_is_taken_once(store: Store) -> None:
    case = opened(store, 1, conversation="c")
    cases = store.cases
    assert cases.change(case, moves.reply(case, "kim", NOW), act(reply()))
    assert list(cases.take("acme", "other", now=NOW, lease_s=60)) == []
    assert list(cases.take("other", "c", now=NOW, lease_s=60)) == []
    [taken] = cases.take("acme", "c", now=NOW, lease_s=60)
    assert list(cases.take("acme", "c", now=NOW + 59, lease_s=60)) == []
    cases.give_back([taken.seq])
    [again] = cases.take("acme", "c", now=NOW, lease_s=60)
    cases.delivered([again.seq], now=NOW)
    assert list(cases.take("acme", "c", now=NOW + 9999, lease_s=60)) == []
    assert cases.messages("h1", after=again.seq - 1)[0].delivered_at == NOW


@pytest.mark.parametrize("later", [61.0, -86_400.0])
def test_a_reply_that_never_arrived_is_free_again(store: Store, later: float) -> None:
    """After its time, and after a clock that stood a day ahead."""
    case = opened(store, 1, conversation="c")
    assert store.cases.change(case, moves.reply(case, "kim", NOW), act(reply()))
    store.cases.take("acme", "c", now=NOW, lease_s=60)
    assert store.cases.take("acme", "c", now=NOW + later, lease_s=60)


def test_erasing_leaves_no_message(store: Store, tmp_path: Path) -> None:
    case = opened(store, 1, conversation="c")
    assert store.cases.change(case, moves.reply(case, "kim", NOW), act(reply()))
    store.erase("acme", conversations=["c"])
    assert store.cases.case("h1") is None
    assert list(store.cases.messages("h1")) == []
    assert store.cases.current("acme", "c") is None
    files = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    assert b"PERSON_k7q2" not in files


def test_events_wait_for_each_sink_in_the_same_transaction(tmp_path: Path) -> None:
    store = SqlRecordStore(f"sqlite:///{tmp_path}/records.db")
    case = opened(store, 1)
    after = moves.reply(case, "kim", NOW)
    assert store.cases.change(case, after, act(event="handoff.replied"), ["desk", "hook"])
    assert not store.cases.change(case, after, act(event="handoff.replied"), ["desk"])
    found = store.outbox.claim("hook", now=NOW, lease_s=60, limit=9)
    assert [(d.type, d.handoff_id, dict(d.data)) for d in found] == [
        ("handoff.replied", "h1", {"n": 1})
    ]
    assert len(store.outbox.entries()) == 2
    store.close()


def test_handoffs_of_an_earlier_version_get_their_case(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    store = SqlRecordStore(url)
    for number in (1, 2):
        store.open_handoff(packet(number))
    store.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE messages"))
        connection.execute(text("DROP TABLE cases"))
        connection.execute(text("UPDATE handoffs SET packet = 'x' WHERE id = 'h2'"))
    engine.dispose()
    again = SqlRecordStore(url)
    assert ids(again.cases.cases()) == ["h1"]
    again.close()


def test_a_damaged_case_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    store = SqlRecordStore(url)
    store.open_handoff(packet(1))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'odd'"))
    engine.dispose()
    with pytest.raises(StoreError, match="damaged"):
        store.cases.case("h1")
    store.close()


CLAIMER = """
import sys
from proxy.handoff.case import CaseError
from proxy.handoff.desk import Desk
from proxy.records.sql import SqlRecordStore

store = SqlRecordStore(sys.argv[1])
sys.stdin.readline()
won = 0
for number in range(20):
    try:
        Desk(store.cases).claim(f"h{number}", sys.argv[2])
        won += 1
    except CaseError as error:
        assert error.code == "already_claimed", error
store.close()
print(won)
"""


def test_processes_share_a_queue(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    store = SqlRecordStore(url)
    for number in range(20):
        store.open_handoff(packet(number))
    command = [sys.executable, "-c", CLAIMER, url]
    pipe = subprocess.PIPE
    made = [
        subprocess.Popen([*command, name], stdin=pipe, stdout=pipe, text=True)  # noqa: S603 - ours
        for name in ("kim", "bo", "cy")
    ]
    won = [int(process.communicate("go\n", 60)[0]) for process in made]
    assert sum(won) == 20
    assert {case.state for case in store.cases.cases()} == {"claimed"}
    store.close()


def test_postgresql_understands_the_tables() -> None:
    for table in metadata.sorted_tables:
        compiled = insert(table).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # has no types
        assert table.name in str(compiled)
