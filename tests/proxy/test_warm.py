"""Questions that an operator asks in advance."""

from typing import Any

import pytest

from policies.errors import RequestError
from proxy.warm import OPERATOR, Warmer, Wish, rehearsal

QUESTION = "returns: how long?"


@pytest.fixture
def warmer(lab: Any) -> Warmer:
    shot = lab.snapshot
    pipeline = rehearsal(shot.pipeline.parts)
    return Warmer(pipeline, shot.telemetry, shot.policy, shot.hash, least=0.8)


async def test_each_question_is_told_apart(lab: Any, warmer: Warmer) -> None:
    stored, known, refused = await warmer.warm([QUESTION, QUESTION, "order: where?"], Wish("bot"))
    assert (stored.status, known.status, refused.status) == ("stored", "known", "refused")
    assert stored.entry_id == known.entry_id
    assert len(lab.model.calls) == 2


async def test_the_bot_then_hits(lab: Any, warmer: Warmer) -> None:
    await warmer.warm([QUESTION], Wish("bot", system="Be brief.", locale="en"))
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": QUESTION},
    ]
    reply = await lab.ask(messages, metadata={"locale": "en"})
    assert reply.headers["x-handrail-cache"] == "hit"


async def test_tenants_are_apart(lab: Any, warmer: Warmer) -> None:
    await warmer.warm([QUESTION], Wish("bot", tenant="other"))
    reply = await lab.ask(QUESTION)
    assert reply.headers["x-handrail-cache"] == "miss"
    assert len(lab.stores.cache.entries("other")) == 1


async def test_a_model_that_fails_stores_nothing(labs: Any) -> None:
    lab = await labs([RequestError("no", status=400, code="bad")])
    shot = lab.snapshot
    made = Warmer(rehearsal(shot.pipeline.parts), shot.telemetry, shot.policy, shot.hash, 0.8)
    [done] = await made.warm([QUESTION], Wish("bot"))
    assert done.status == "refused"
    assert done.reason
    assert lab.stores.cache.entries() == []


async def test_nobody_is_handed_over_and_nothing_is_recorded(lab: Any, warmer: Warmer) -> None:
    await warmer.warm(["dispute: I dispute this", "fraud: help"], Wish("bot"))
    assert await lab.packets() == []
    assert await lab.records() == []


def test_no_key_of_a_bot_is_named_like_the_operator() -> None:
    assert not OPERATOR.startswith("key_")
