from collections.abc import Iterator
from typing import Any

import pytest

from cache.key import key_for
from cache.memory import MemoryCacheStore
from policies.decision import Deliver, HandOff
from policies.errors import StoreError
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.knowledge import Evidence
from policies.text import Redacted
from policies.turn import Answer, CacheUse, Sentence
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
