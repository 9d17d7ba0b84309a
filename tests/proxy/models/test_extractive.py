import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import UpstreamError
from policies.knowledge import Audience, Passage
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta, UsageReport
from proxy.models.extractive import NOT_FOUND, ExtractiveClient

PAGE = Passage(id="p", source_id="p", title="Refunds", text="We never pay refunds in cash.")
INTERNAL = replace(PAGE, text="Team leads pay refunds in cash.", audience=Audience.INTERNAL)


async def ask(client: ExtractiveClient, question: str, **more: Any) -> list[ModelEvent]:
    request = {"messages": [{"role": "user", "content": question}], **more}
    return [event async for event in client.stream("kb", request, timeout_s=1)]


def text(events: Sequence[ModelEvent]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


async def test_it_answers_with_a_sentence_of_the_page() -> None:
    asked = []

    def search(query: str) -> Sequence[Passage]:
        asked.append((query, threading.current_thread() is threading.main_thread()))
        return [INTERNAL, PAGE]

    client = ExtractiveClient("kb", search)
    events = await ask(client, "refund in cash?")
    assert events == [
        Opened(model="kb"),
        TextDelta(0, "We never pay refunds in cash."),
        Finished(0, "stop"),
        UsageReport({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
    ]
    assert asked == [("refund in cash?", False)]
    assert (client.local, client.system) == (True, "extractive")
    await client.close()


@pytest.mark.parametrize("found", [[], [INTERNAL]])
async def test_it_says_so_when_nothing_fits(found: list[Passage]) -> None:
    client = ExtractiveClient("kb", lambda _: found)
    assert text(await ask(client, "refund in cash?")) == NOT_FOUND
    assert text(await ask(client, "")) == NOT_FOUND


async def test_every_choice_is_answered() -> None:
    events = await ask(ExtractiveClient("kb", lambda _: [PAGE]), "refund in cash?", n=2)
    assert [e.choice for e in events if isinstance(e, Finished)] == [0, 1]


async def test_a_search_that_hangs_is_a_timeout() -> None:
    async def never(_search: Any, _query: str) -> Sequence[Passage]:
        await asyncio.sleep(60)
        return []

    client = ExtractiveClient("kb", lambda _: [], run=never)
    with pytest.raises(UpstreamError) as caught:
        async for _ in client.stream(
            "kb", {"messages": [{"role": "user", "content": "x"}]}, timeout_s=0.05
        ):
            pass
    assert caught.value.kind == "timeout"
