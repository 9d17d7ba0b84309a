from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cache.base import CacheEntry
from cache.key import key_for
from cache.memory import MemoryCacheStore
from cache.proofs import proofs
from policies.decision import Deliver, HandOff
from policies.errors import StoreError
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.knowledge import Evidence, Passage
from policies.text import Redacted
from policies.turn import Answer, CacheUse, Sentence
from proxy.flights import Flights
from proxy.stages.remember import Remember
from validators.offload import Offload

ANSWER = Redacted("Parcels go back within 30 days.")


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


@pytest.fixture
def good_turn(make_turn: Any) -> Any:
    page = Evidence("returns", "Returns", "30 days")
    claim = Claim(ANSWER, (0, 31), ClaimVerdict.SUPPORTED, 0.95, (page,))
    return make_turn(
        answers=(Answer(0, (Sentence(ANSWER, 0, released=True),), finish_reason="stop"),),
        findings=(Finding("grounding", None, Severity.INFO, claim=claim),),
        checks=(CheckRun("grounding", "sentence", Outcome.PASS, 1.0),),
        confidence=0.95,
        decision=Deliver(),
        cache=CacheUse("miss"),
    )


async def test_a_good_answer_is_kept_for_the_next_customer(
    good_turn: Any, offload: Offload
) -> None:
    store = MemoryCacheStore(clock=lambda: 1000.0)
    turn = await Remember(store, offload, 60, now=lambda: 1000.0)(good_turn)
    digest = key_for(good_turn).digest()
    assert (turn.cache.status, turn.cache.key) == ("store", digest)
    entry = store.get(digest)
    assert entry is not None
    assert (entry.answer, entry.result_id, entry.stored_at) == (ANSWER, "hr_1", 1000.0)
    assert entry.claims[0]["verdict"] == "supported"


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": HandOff(Reason.NOT_IN_KB)},
        {"disconnected": True},
        {"cache": CacheUse("hit")},
        {"shadow": True},
        {"profile": "utility"},
        {"checks": (CheckRun("grounding", "sentence", Outcome.ERROR, 1.0, error_type="x"),)},
    ],
)
async def test_any_doubt_keeps_it_out(
    good_turn: Any, offload: Offload, changes: dict[str, Any]
) -> None:
    store = MemoryCacheStore()
    turn = good_turn.but(**changes)
    assert await Remember(store, offload)(turn) == turn
    assert store.entries() == []


async def test_without_a_cache_nothing_happens(good_turn: Any, offload: Offload) -> None:
    assert await Remember(None, offload)(good_turn) == good_turn


class Broken(MemoryCacheStore):
    def put(self, *_: Any) -> None:
        msg = "cache: writing failed"
        raise StoreError(msg)


async def test_a_broken_cache_changes_nothing(
    good_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    assert await Remember(Broken(), offload)(good_turn) == good_turn
    assert "could not be cached" in caplog.text


class Pages:
    revision = "kb1"

    def search(self, *_: Any, **__: Any) -> list[Passage]:
        return []

    def pages(self, source_ids: Sequence[str]) -> list[Passage]:
        page = Passage("returns#0", "returns", "Returns", "Within 30 days.")
        return [page] if "returns" in source_ids else []


class Words:
    def forms(self, question: str) -> Sequence[str]:
        return (question[:3],)

    def difference(self, known: str, asked: str) -> str | None:
        return None if known == asked else "subject"


async def test_an_answer_is_kept_with_its_evidence_and_its_form(
    good_turn: Any, offload: Offload
) -> None:
    store = MemoryCacheStore(clock=lambda: 1000.0)
    stage = Remember(store, offload, knowledge=Pages(), questions=Words())
    await stage(good_turn.but(knowledge_revision="kb1"))
    turn = good_turn.but(knowledge_revision="kb1")
    [entry] = store.alike(key_for(turn).form_digest(turn.question[:3]))
    assert entry.proofs == proofs(entry.claims, Pages().pages(["returns"]))
    assert entry.proofs != ()
    assert (entry.knowledge, entry.intent, entry.approved) == ("kb1", turn.intent, True)


async def test_in_review_an_answer_waits_for_a_person(good_turn: Any, offload: Offload) -> None:
    store = MemoryCacheStore()
    await Remember(store, offload, review=True)(good_turn)
    assert [entry.approved for entry in store.entries()] == [False]


async def test_an_intent_has_its_own_time(good_turn: Any, offload: Offload) -> None:
    store = MemoryCacheStore(clock=lambda: clock[0])
    clock = [0.0]
    rule = replace(good_turn.policy.rule(good_turn.intent), cache_ttl_s=10.0)
    policy = replace(good_turn.policy, intents={**good_turn.policy.intents, good_turn.intent: rule})
    await Remember(store, offload, 1000)(good_turn.but(policy=policy))
    assert len(store.entries()) == 1
    clock[0] = 11.0
    assert store.entries() == []


async def test_an_answer_that_is_less_sure_is_not_kept(good_turn: Any, offload: Offload) -> None:
    store = MemoryCacheStore()
    await Remember(store, offload, least=0.96)(good_turn)
    assert store.entries() == []


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"decision": HandOff(Reason.NOT_IN_KB)}, 0),
        ({"decision": Deliver()}, 1),
        ({"decision": HandOff(Reason.NOT_IN_KB), "disconnected": True}, 1),
    ],
)
async def test_a_hit_that_no_longer_passes_is_evicted(
    good_turn: Any, offload: Offload, changes: dict[str, Any], left: int
) -> None:
    store = MemoryCacheStore()
    store.put("d", CacheEntry("e1", "default", "q", "a", 0.9, 0.0), 60)
    turn = good_turn.but(cache=CacheUse("hit", entry_id="e1"), **changes)
    await Remember(store, offload)(turn)
    assert len(store.entries()) == left


@pytest.mark.parametrize("store", [Broken(), MemoryCacheStore()])
async def test_whoever_waits_goes_on_whatever_happens(
    good_turn: Any, offload: Offload, store: MemoryCacheStore
) -> None:
    flights = Flights()

    async def nothing() -> bool:
        return False

    await flights.join("k", nothing)
    turn = good_turn.but(cache=CacheUse("miss", key="k"))
    await Remember(store, offload, flights=flights)(turn)
    assert flights.count == 0
