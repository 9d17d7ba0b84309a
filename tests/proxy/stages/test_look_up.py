from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cache.base import CacheEntry
from cache.key import key_for
from cache.memory import MemoryCacheStore
from cache.proofs import proofs
from policies.errors import StoreError
from policies.knowledge import NO_SCOPE, Passage
from policies.turn import CacheUse
from proxy.stages.look_up import LookUp
from validators.offload import Offload

NOW = 1_700_000_100.0


class Pages:
    """A knowledge base of one page."""

    revision = "kb1"
    text = "30 days"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str], int]] = []

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        self.asked.append((query, scope, limit))
        return [Passage("p1", "returns", "Returns", "30 days")]

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        page = Passage("p1", "returns", "Returns", self.text)
        return [page] if "returns" in source_ids else []


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
    entry = CacheEntry("e1", "default", "q", "It is good.", 0.9, NOW - 60, knowledge="kb1")
    store.put(digest, entry, 1000)
    hit = await stage(offload, store)(make_turn())
    assert (hit.cache.status, hit.cache.entry_id, hit.cache.age_s) == ("hit", "e1", 60.0)
    assert hit.cached == "It is good."
    assert hit.cache.kind == "exact"


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


CLAIMS = [{"evidence": [{"source_id": "returns", "quote": "30 days"}]}]


class Same:
    """Any two questions ask the same."""

    def forms(self, question: str) -> Sequence[str]:  # noqa: ARG002 - the protocol's
        return ("one",)

    def difference(self, known: str, asked: str) -> str | None:  # noqa: ARG002 - the protocol's
        return None


def kept(turn: Any, **changes: Any) -> MemoryCacheStore:
    """A store that holds an answer to another question."""
    store = MemoryCacheStore(clock=lambda: NOW)
    known = proofs(CLAIMS, Pages().pages(["returns"]))
    entry = CacheEntry("e1", "default", "q", "It is good.", 0.9, NOW, knowledge="kb0", proofs=known)
    forms = [key_for(turn).form_digest("one")]
    store.put("elsewhere", replace(entry, **changes), 1000, forms)
    return store


async def look(make_turn: Any, offload: Offload, store: MemoryCacheStore, **page: Any) -> Any:
    pages = Pages()
    for name, value in page.items():
        setattr(pages, name, value)
    return await LookUp(pages, store, offload, now=lambda: NOW, questions=Same())(make_turn())


async def test_a_question_in_other_words_hits(make_turn: Any, offload: Offload) -> None:
    turn = await look(make_turn, offload, kept(make_turn()))
    assert (turn.cache.status, turn.cache.kind, turn.cached) == ("hit", "fuzzy", "It is good.")


async def test_new_knowledge_leaves_an_answer_alone_whose_evidence_stands(
    make_turn: Any, offload: Offload
) -> None:
    turn = await look(make_turn, offload, kept(make_turn()), revision="kb9")
    assert turn.cache.status == "hit"


async def test_an_answer_dies_with_its_evidence(make_turn: Any, offload: Offload) -> None:
    store = kept(make_turn())
    turn = await look(make_turn, offload, store, revision="kb9", text="14 days")
    assert (turn.cache.status, turn.cached) == ("miss", None)
    assert store.entries() == []


@pytest.mark.parametrize("changes", [{"approved": False}, {"tenant": "other"}])
async def test_what_may_not_be_given_is_not(
    make_turn: Any, offload: Offload, changes: dict[str, Any]
) -> None:
    store = kept(make_turn(), **changes)
    turn = await look(make_turn, offload, store)
    assert turn.cache.status == "miss"
    assert len(store.entries()) == 1
