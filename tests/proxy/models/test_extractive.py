import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import UpstreamError
from policies.knowledge import Audience, Passage
from proxy.models.base import (
    NOT_FOUND,
    Finished,
    ModelEvent,
    Opened,
    TextDelta,
    UsageReport,
)
from proxy.models.extractive import ExtractiveClient

PAGE = Passage(id="p", source_id="p", title="Refunds", text="We never pay refunds in cash.")
INTERNAL = replace(PAGE, text="Team leads pay refunds in cash.", audience=Audience.INTERNAL)


async def ask(client: ExtractiveClient, question: str, **more: Any) -> list[ModelEvent]:
    request = {"messages": [{"role": "user", "content": question}], **more}
    return [event async for event in client.stream("kb", request, timeout_s=1)]


def text(events: Sequence[ModelEvent]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


async def test_it_answers_with_a_sentence_of_the_page() -> None:
    asked = []

    def search(query: str, **_: object) -> Sequence[Passage]:
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
    client = ExtractiveClient("kb", lambda _, **__: found)
    for question in ("refund in cash?", ""):
        events = await ask(client, question)
        assert text(events) == ""
        assert [e for e in events if isinstance(e, Finished)] == [Finished(0, NOT_FOUND)]


async def test_pages_of_the_customers_market_come_first() -> None:
    seen = []
    german = replace(PAGE, id="de", text="In Germany, refunds in cash are paid.", scope={"m": "DE"})

    def search(_: str, *, scope: Any) -> Sequence[Passage]:
        seen.append(dict(scope))
        return [PAGE, german]

    events = await ask(
        ExtractiveClient("kb", search), "refund in cash?", handrail_scope={"m": "DE"}
    )
    assert text(events).startswith("In Germany")
    assert seen == [{"m": "DE"}]


async def test_sharing_words_is_not_yet_an_answer() -> None:
    far = ExtractiveClient(
        "kb", lambda _, **__: [PAGE], closeness=lambda _, texts: [0.1] * len(texts)
    )
    assert text(await ask(far, "refund in cash?")) == ""
    near = ExtractiveClient(
        "kb", lambda _, **__: [PAGE], closeness=lambda _, texts: [0.8] * len(texts)
    )
    assert text(await ask(near, "refund in cash?")) == PAGE.text


async def test_what_is_near_in_meaning_may_share_no_word() -> None:
    client = ExtractiveClient("kb", lambda _, **__: [PAGE], closeness=lambda _, t: [0.9] * len(t))
    assert text(await ask(client, "banknotes back?")) == PAGE.text


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("hi", "Hello! How can I help you?"),
        ("Good morning!", "Hello! How can I help you?"),
        ("thanks, that helps", "You're welcome!"),
        ("Bye", "Goodbye!"),
    ],
)
async def test_a_courtesy_is_answered_with_one(said: str, reply: str) -> None:
    assert text(await ask(ExtractiveClient("kb", lambda _, **__: []), said)) == reply


@pytest.mark.parametrize("asked", ["hi, how long do refunds take?", "hipster lamps", "history"])
async def test_a_question_is_no_courtesy(asked: str) -> None:
    assert text(await ask(ExtractiveClient("kb", lambda _, **__: []), asked)) == ""


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
async def test_pages_are_never_passed_off_as_json(kind: str) -> None:
    client = ExtractiveClient("kb", lambda _, **__: [PAGE])
    with pytest.raises(UpstreamError) as caught:
        await ask(client, "refund in cash?", response_format={"type": kind})
    assert (caught.value.kind, caught.value.retryable) == ("protocol", False)


async def test_every_choice_is_answered() -> None:
    events = await ask(ExtractiveClient("kb", lambda _, **__: [PAGE]), "refund in cash?", n=2)
    assert [e.choice for e in events if isinstance(e, Finished)] == [0, 1]


async def test_a_search_that_hangs_is_a_timeout() -> None:
    async def never(*_: Any) -> str:
        await asyncio.sleep(60)
        return ""

    client = ExtractiveClient("kb", lambda _, **__: [], run=never)
    with pytest.raises(UpstreamError) as caught:
        async for _ in client.stream(
            "kb", {"messages": [{"role": "user", "content": "x"}]}, timeout_s=0.05
        ):
            pass
    assert caught.value.kind == "timeout"
