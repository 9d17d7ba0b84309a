"""The answer cache as it is wired: one model call for many, replicas, and what may break."""

import asyncio
import errno
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from cache.base import CacheEntry
from cache.memory import MemoryCacheStore
from cache.redis import RedisCacheStore
from policies.errors import StoreError
from proxy.answers import build_questions
from proxy.config.model import Cache, Config
from proxy.redis_client import RedisCommands

QUESTION = "returns: how long does a refund take?"
SAME = "returns: how many days does it take to get a refund"
URL = "redis://127.0.0.1:6379/0"


@pytest.fixture
def shared(lacking: Callable[[str], NoReturn]) -> Iterator[Callable[[], RedisCacheStore]]:
    """Make stores that share a place of this test's own in a real Redis."""
    commands = RedisCommands(URL)
    try:
        commands("PING")
    except StoreError:
        lacking("there is no Redis server at 127.0.0.1:6379")
    prefix = f"{{test-{secrets.token_hex(6)}}}"
    yield lambda: RedisCacheStore(RedisCommands(URL), prefix)
    for key in commands("KEYS", f"{prefix}*"):
        commands("DEL", key)
    commands.close()


async def cache_of(lab: Any, said: str) -> str:
    reply = await lab.ask(said)
    await lab.settle()
    found: str = reply.headers["x-handrail-cache"]
    return found


async def test_a_hundred_equal_questions_at_once_make_one_model_call(labs: Any, kit: Any) -> None:
    answers = asyncio.Event()
    opened, *rest = kit.says("Parcels go back within 30 days.")
    lab = await labs([opened, answers, *rest])
    asked = [lab.open(QUESTION, stream=bool(n % 2)) for n in range(100)]
    await kit.until(lambda: lab.model.calls)
    answers.set()
    replies = [await one.reply() for one in asked]
    assert len(lab.model.calls) == 1
    assert {reply.text for reply in replies} == {"Parcels go back within 30 days."}
    assert sorted(reply.headers["x-handrail-cache"] for reply in replies)[:99] == ["hit"] * 99


async def test_when_the_first_asker_leaves_the_next_one_asks(labs: Any, kit: Any) -> None:
    answers = asyncio.Event()
    opened, *rest = kit.says("Parcels go back within 30 days.")
    lab = await labs([opened, answers, *rest], kit.says("Parcels go back within 30 days."))
    first = lab.open(QUESTION)
    await kit.until(lambda: lab.model.reading)
    others = [lab.open(QUESTION) for _ in range(5)]
    first.leave()
    replies = [await one.reply() for one in others]
    assert {reply.text for reply in replies} == {"Parcels go back within 30 days."}
    assert len(lab.model.calls) == 2


@pytest.mark.redis
async def test_what_one_replica_stored_the_other_finds(labs: Any, shared: Any) -> None:
    here, there = shared(), shared()
    first, second = await labs(cache=here), await labs(cache=there)
    assert await cache_of(first, QUESTION) == "miss"
    assert await cache_of(second, QUESTION) == "hit"
    assert await cache_of(second, SAME) == "hit"
    assert second.model.calls == []
    [entry] = await asyncio.to_thread(there.entries)
    assert await asyncio.to_thread(here.delete, entry.id)
    assert await cache_of(second, QUESTION) == "miss"


class Gone(MemoryCacheStore):
    """A store that fails from the middle of a request on."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.reads = 0

    def get(self, digest: str) -> CacheEntry | None:
        self.reads += 1
        if self.reads > 1:
            raise self.error
        return super().get(digest)

    def put(self, digest: str, entry: CacheEntry, ttl_s: float, forms: Sequence[str] = ()) -> None:
        del digest, entry, ttl_s, forms
        raise self.error


@pytest.mark.parametrize(
    "error",
    [StoreError("Redis can't be used"), StoreError(f"writing failed: {errno.ENOSPC}")],
)
async def test_a_store_that_fails_is_a_miss_and_no_error(labs: Any, error: Exception) -> None:
    lab = await labs(cache=Gone(error))
    for _ in range(3):
        reply = await lab.ask(QUESTION)
        assert (reply.status, reply.text) == (200, "Parcels go back within 30 days.")
        assert reply.headers["x-handrail-cache"] == "miss"


async def test_a_replica_whose_clock_is_ahead_makes_no_negative_age(labs: Any) -> None:
    lab = await labs()
    await cache_of(lab, QUESTION)
    [entry] = lab.stores.cache.entries()
    ahead = replace(entry, stored_at=entry.stored_at + 9000)
    store = lab.stores.cache
    for digest in list(store._kept):
        store.put(digest, ahead, 60)
    assert await cache_of(lab, QUESTION) == "hit"
    assert (await lab.records())[0]["cache"]["age_s"] == 0


def test_paraphrases_can_be_off() -> None:
    assert build_questions(Config(version=1, cache=Cache(paraphrases=False))) is None
    found = build_questions(Config(version=1))
    assert found is not None
    assert found.difference("how do I chnage my password", "how do i change my password") is None


async def test_a_verdict_that_still_stands_is_not_made_again(lab: Any) -> None:
    await cache_of(lab, QUESTION)
    judged = len(lab.check.seen)
    assert await cache_of(lab, SAME) == "hit"
    assert len(lab.check.seen) == judged
    first, second = [r["claims"] for r in (await lab.records())[::-1]]
    assert second == first != []


async def test_an_entry_that_somebody_else_wrote_is_judged_again(lab: Any) -> None:
    await cache_of(lab, QUESTION)
    store = lab.stores.cache
    for digest, (_, entry) in list(store._kept.items()):
        store.put(digest, replace(entry, answer="That is WRONG."), 60)
    judged = len(lab.check.seen)
    reply = await lab.ask(QUESTION)
    await lab.settle()
    assert len(lab.check.seen) > judged
    assert reply.headers["x-handrail-action"] == "escalate"
    assert "WRONG" not in reply.text
    assert store.entries() == []
