from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from cache.base import CacheEntry
from cache.key import key_for
from cache.memory import MemoryCacheStore
from policies.errors import StoreError
from policies.knowledge import NO_SCOPE, Passage
from policies.turn import CacheUse
from proxy.stages.look_up import LookUp
from validators.offload import Offload

NOW = 1_700_000_100.0


class Pages:
    """A knowledge base of one page."""

    revision = "kb1"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str], int]] = []

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        self.asked.append((query, scope, limit))
        return [Passage("p1", "returns", "Returns", "30 days")]

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:  # noqa: ARG002 - the protocol's
        return []


class Broken(MemoryCacheStore):
    def get(self, digest: str) -> CacheEntry | None:  # noqa: ARG002 - the protocol's
        msg = "cache: reading failed"
        raise StoreError(msg)


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


def stage(offload: Offload, cache: MemoryCacheStore | None) -> LookUp:
    return LookUp(Pages(), cache, offload, passages=3, now=lambda: NOW)


async def test_passages_are_found_within_the_scope(make_turn: Any, offload: Offload) -> None:
    look_up = stage(offload, None)
    turn = await look_up(make_turn("returns: how?", scope={"market": "DE"}))
    assert look_up.knowledge.asked == [("returns: how?", {"market": "DE"}, 3)]  # type: ignore[attr-defined]
    assert [passage.id for passage in turn.sources] == ["p1"]
    assert (turn.knowledge_revision, turn.cache.status) == ("kb1", "bypass")


async def test_a_miss_has_a_key_and_a_hit_has_an_age(make_turn: Any, offload: Offload) -> None:
    store = MemoryCacheStore(clock=lambda: NOW)
    missed = await stage(offload, store)(make_turn())
    digest = key_for(make_turn()).digest()
    assert missed.cache == CacheUse("miss", key=digest)
    entry = CacheEntry("e1", "default", "q", "It is good.", 0.9, NOW - 60)
    store.put(digest, entry, 1000)
    hit = await stage(offload, store)(make_turn())
    assert (hit.cache.status, hit.cache.entry_id, hit.cache.age_s) == ("hit", "e1", 60.0)
    assert hit.cached == "It is good."


async def test_a_question_that_may_not_be_cached_is_not_looked_up(
    make_turn: Any, offload: Offload
) -> None:
    turn = await stage(offload, Broken())(make_turn(intent="order"))
    assert turn.cache.status == "bypass"


async def test_a_broken_cache_is_a_miss(
    make_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    turn = await stage(offload, Broken())(make_turn())
    assert (turn.cache.status, turn.cached) == ("miss", None)
    assert "could not be read" in caplog.text


async def test_a_utility_call_looks_nothing_up(make_turn: Any, offload: Offload) -> None:
    turn = make_turn(profile="utility")
    assert await stage(offload, Broken())(turn) == turn
