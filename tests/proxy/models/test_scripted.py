import re
from pathlib import Path
from typing import Any

import pytest

from policies.errors import UpstreamError
from proxy.models.base import (
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.models.script import Reply
from proxy.models.scripted import ScriptedClient


async def ask(
    client: ScriptedClient, question: str = "Hi", wait: float = 2.0, **more: Any
) -> list[ModelEvent]:
    request = {"messages": [{"role": "user", "content": question}], **more}
    return [event async for event in client.stream("m", request, timeout_s=wait)]


def text(events: list[ModelEvent]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


async def test_the_first_match_answers_in_pieces() -> None:
    client = ScriptedClient(
        "demo", [Reply("5 days.", re.compile("refund"), chunk=3), Reply("Hello.")]
    )
    events = await ask(client, "my refund")
    assert isinstance(events[0], Opened)
    assert events[1:] == [
        TextDelta(0, "5 d"),
        TextDelta(0, "ays"),
        TextDelta(0, "."),
        Finished(0, "stop"),
        UsageReport({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}),
    ]
    assert text(await ask(client, "hi")) == "Hello."
    assert (client.local, client.system) == (True, "scripted")
    await client.close()


async def test_it_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[[replies]]\nreply = "Hello."\n')
    assert text(await ask(ScriptedClient("demo", path))) == "Hello."


async def test_tool_calls_refusals_and_choices() -> None:
    calls = ScriptedClient("demo", [Reply(tool_calls=(("track", '{"a":1}'), ("ping", "{}")))])
    events = await ask(calls)
    names = [(e.index, e.name, e.arguments) for e in events if isinstance(e, ToolDelta)]
    assert names == [(0, "track", ""), (0, "", '{"a":1}'), (1, "ping", ""), (1, "", "{}")]
    assert Finished(0, "tool_calls") in events
    refusal = await ask(ScriptedClient("demo", [Reply(refusal="No.")]), n=2)
    assert RefusalDelta(1, "No.") in refusal
    assert Finished(1, "stop") in refusal


async def test_an_entry_can_be_used_up() -> None:
    client = ScriptedClient("demo", [Reply("first", times=2), Reply("then")])
    assert [text(await ask(client)) for _ in range(3)] == ["first", "first", "then"]


@pytest.mark.parametrize(
    ("fail", "kind", "status"),
    [
        ("timeout", "timeout", None),
        ("hang", "timeout", None),
        ("503", "status", 503),
        ("429", "status", 429),
        ("reset", "connection", None),
        ("badjson", "protocol", None),
        ("cut", "protocol", None),
    ],
)
async def test_failures(fail: Any, kind: str, status: int | None) -> None:
    client = ScriptedClient("demo", [Reply("A long answer.", chunk=3, fail=fail, retry_after=1.5)])
    seen: list[ModelEvent] = []
    request = {"messages": [{"role": "user", "content": "Hi"}]}
    with pytest.raises(UpstreamError) as caught:
        seen.extend([e async for e in client.stream("m", request, timeout_s=0.05)])
    error = caught.value
    assert (error.kind, error.status, error.retryable) == (kind, status, True)
    assert error.retry_after == (1.5 if status else None)


async def test_a_cut_stream_has_begun() -> None:
    client = ScriptedClient("demo", [Reply("A long answer.", chunk=3, fail="cut")])
    stream = client.stream("m", {"messages": [{"role": "user", "content": "Hi"}]}, timeout_s=1)
    assert isinstance(await anext(stream), Opened)
    assert await anext(stream) == TextDelta(0, "A l")


async def test_a_delay_longer_than_the_patience_is_a_timeout() -> None:
    client = ScriptedClient("demo", [Reply("Hi", delay_ms=500)])
    with pytest.raises(UpstreamError) as caught:
        await ask(client, wait=0.05)
    assert caught.value.kind == "timeout"
    assert text(await ask(ScriptedClient("demo", [Reply("Hi", delay_ms=5)]))) == "Hi"


async def test_no_reply_matches() -> None:
    with pytest.raises(UpstreamError) as caught:
        await ask(ScriptedClient("demo", [Reply("x", re.compile("never"))]), "secret")
    assert (caught.value.kind, caught.value.retryable) == ("protocol", False)
    assert "secret" not in str(caught.value)
