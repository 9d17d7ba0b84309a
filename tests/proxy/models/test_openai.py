import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from policies.errors import UpstreamError
from proxy.models.base import SCOPE, Finished, ModelEvent, Opened, TextDelta, UsageReport
from proxy.models.openai import OpenAIClient, _asked

REQUEST = {"model": "alias", "messages": [{"role": "user", "content": "Hi [PERSON_k7q2]"}]}
STREAM = {**REQUEST, "stream": True}
ANSWER = {
    "id": "c1",
    "model": "m",
    "created": 7,
    "choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
}
EVENTS = [
    Opened("c1", "m", 7),
    TextDelta(0, "Hello"),
    Finished(0, "stop"),
    UsageReport(ANSWER["usage"]),  # type: ignore[arg-type] - one literal of many types
]
Http = Callable[..., bytes]


def delta(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return {"id": "c1", "model": "m", "created": 7, "choices": [choice], **more}


CHUNKS = [delta("Hel"), delta("lo"), delta(None, "stop"), {"choices": [], "usage": ANSWER["usage"]}]


@pytest.fixture
async def make(upstream: Any) -> AsyncIterator[Callable[..., OpenAIClient]]:
    made: list[OpenAIClient] = []

    def build(**options: Any) -> OpenAIClient:
        made.append(OpenAIClient("acme", options.pop("url", upstream.url), "sk-key", **options))
        return made[-1]

    yield build
    for client in made:
        await client.close()


async def ask(client: OpenAIClient, request: Any = STREAM, wait: float = 2.0) -> list[ModelEvent]:
    return [event async for event in client.stream("gpt", request, timeout_s=wait)]


async def failure(client: OpenAIClient, request: Any = STREAM, wait: float = 2.0) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await ask(client, request, wait)
    text = str(caught.value)
    assert "acme" in text
    assert "sk-key" not in text
    assert "secret" not in text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


async def test_a_whole_answer(upstream: Any, http: Http, make: Any) -> None:
    upstream.answers = [http(ANSWER)]
    assert await ask(make(headers={"x-team": "a"}), {**REQUEST, "future": 1}) == EVENTS
    first, headers, body = upstream.requests[0]
    assert first == "POST /v1/chat/completions HTTP/1.1"
    assert headers["authorization"] == "Bearer sk-key"
    assert headers["x-team"] == "a"
    assert "cookie" not in headers
    assert body == {**REQUEST, "model": "gpt", "future": 1}


async def test_a_stream(upstream: Any, sse: Http, make: Any) -> None:
    upstream.answers = [sse(": ping", *CHUNKS)]
    events = await ask(make())
    assert events == [EVENTS[0], TextDelta(0, "Hel"), TextDelta(0, "lo"), *EVENTS[2:]]
    assert upstream.requests[0][2]["stream_options"] == {"include_usage": True}


async def test_a_stream_in_single_bytes(upstream: Any, sse: Http, make: Any) -> None:
    raw = sse(delta("Grüße 😊"), delta(None, "stop"))

    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in raw:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    upstream.answers = [drip]
    events = await ask(make())
    assert TextDelta(0, "Grüße 😊") in events


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, {"include_usage": True}),
        ({"include_obfuscation": False}, {"include_usage": True, "include_obfuscation": False}),
        ({"include_usage": False}, {"include_usage": False}),
        ({"include_usage": True}, {"include_usage": True}),
    ],
)
async def test_stream_options(upstream: Any, sse: Http, make: Any, given: Any, sent: Any) -> None:
    upstream.answers = [sse(*CHUNKS)]
    await ask(make(), {**STREAM, "stream_options": given})
    assert upstream.requests[0][2]["stream_options"] == sent


async def test_stream_options_only_with_a_stream(upstream: Any, http: Http, make: Any) -> None:
    upstream.answers = [http(ANSWER)]
    await ask(make(), {**REQUEST, "stream": False, "stream_options": {"include_usage": True}})
    assert "stream_options" not in upstream.requests[0][2]


async def test_the_server_chooses_the_form(upstream: Any, http: Http, sse: Http, make: Any) -> None:
    upstream.answers = [http(ANSWER), sse(*CHUNKS), sse(*CHUNKS).replace(b"content-type", b"x")]
    client = make()
    assert await ask(client, STREAM) == EVENTS
    assert Finished(0, "stop") in await ask(client, REQUEST)
    assert Finished(0, "stop") in await ask(client, STREAM)


async def test_connections_are_kept(upstream: Any, http: Http, sse: Http, make: Any) -> None:
    upstream.answers = [http(ANSWER), sse(*CHUNKS), http("{}", 503), http(ANSWER)]
    client = make()
    await ask(client, REQUEST)
    await ask(client)
    await failure(client)
    await ask(client, REQUEST)
    assert len(upstream.requests) == 4
    assert upstream.connections <= 2  # an error's connection may be closed


async def test_a_closed_client_can_be_used_again(upstream: Any, http: Http, make: Any) -> None:
    upstream.answers = [http(ANSWER)]
    client = make()
    await ask(client, REQUEST)
    await client.close()
    assert await ask(client, REQUEST) == EVENTS


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (503, {}, ("status", 503, None, True)),
        (429, {"retry_after": "2"}, ("status", 429, 2.0, True)),
        (429, {"retry_after_ms": "250"}, ("status", 429, 0.25, True)),
        (500, {"x_should_retry": "false"}, ("status", 500, None, False)),
        (401, {}, ("status", 401, None, False)),
        (403, {}, ("status", 403, None, False)),
        (400, {}, ("client", 400, None, False)),
        (404, {}, ("client", 404, None, False)),
        (422, {}, ("client", 422, None, False)),
        (302, {"location": "http://127.0.0.1:9/"}, ("status", 302, None, False)),
    ],
)
async def test_a_status_that_is_no_success(  # noqa: PLR0913, PLR0917 - fixtures and cases
    upstream: Any, http: Http, make: Any, status: int, headers: dict[str, str], expected: Any
) -> None:
    upstream.answers = [http({"error": {"message": "secret"}}, status, **headers)]
    error = await failure(make())
    assert (error.kind, error.status, error.retry_after, error.retryable) == expected
    assert len(upstream.requests) == 1


async def test_a_request_too_long_for_this_model(upstream: Any, http: Http, make: Any) -> None:
    upstream.answers = [http({"error": {"code": "context_length_exceeded"}}, 400)]
    error = await failure(make())
    assert (error.kind, error.retryable) == ("status", False)


@pytest.mark.parametrize(
    "body",
    [
        "<html>secret</html>",
        "",
        "  ",
        "{",
        "[]",
        "null",
        '"secret"',
        "{}",
        '{"choices": []}',
        '{"choices": null}',
        '{"choices": {"a": "secret"}}',
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/html", ""])
@pytest.mark.parametrize("request_", [REQUEST, STREAM], ids=["whole", "stream"])
async def test_a_success_that_is_none(  # noqa: PLR0913, PLR0917 - fixtures and cases
    upstream: Any, http: Http, make: Any, body: str, kind: str, request_: Any
) -> None:
    upstream.answers = [http(body, 200, kind)]
    error = await failure(make(), request_)
    assert (error.kind, error.retryable) == ("protocol", True)


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        ["data: <html>secret"],
        ["data: {"],
        [delta("secret")],
        ['data: "secret"'],
        [delta(None, "stop"), delta("secret")],
    ],
)
async def test_a_broken_stream(upstream: Any, sse: Http, make: Any, chunks: list[Any]) -> None:
    upstream.answers = [sse(*chunks)]
    assert (await failure(make())).kind == "protocol"


@pytest.mark.parametrize(
    "line",
    [
        'data: {"error": {"message": "secret", "code": 503}}',
        'event: error\ndata: {"message": "secret", "code": 503}',
        'event: error\ndata: {"error": {"message": "secret", "status": 503}}',
    ],
)
async def test_an_error_in_the_stream(upstream: Any, sse: Http, make: Any, line: str) -> None:
    upstream.answers = [sse(delta("a"), line)]
    error = await failure(make())
    assert (error.kind, error.status) == ("status", 503)


@pytest.mark.parametrize("extra", [500, 1])
@pytest.mark.parametrize("request_", [REQUEST, STREAM], ids=["whole", "stream"])
async def test_a_cut_connection(  # noqa: PLR0913, PLR0917 - fixtures and cases
    upstream: Any, http: Http, sse: Http, make: Any, extra: int, request_: Any
) -> None:
    stream = sse(delta("secret"), done=False, connection="close")
    whole = http("{", connection="close")
    raw = stream if request_ is STREAM else whole
    head, _, body = raw.partition(b"\r\n\r\n")
    lying = head.replace(
        f"content-length: {len(body)}".encode(), f"content-length: {len(body) + extra}".encode()
    )
    upstream.answers = [lying + b"\r\n\r\n" + body]
    assert (await failure(make(), request_)).kind == "protocol"


async def test_a_reset_before_and_in_the_answer(upstream: Any, sse: Http, make: Any) -> None:
    raw = sse(delta("secret"), delta("secret"))

    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def reset_later(writer: asyncio.StreamWriter) -> None:
        writer.write(raw[:-60])
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    upstream.answers = [reset, reset_later]
    client = make()
    assert (await failure(client)).kind == "connection"
    assert (await failure(client)).kind == "protocol"


async def test_nobody_there(make: Any, unused_tcp_port: int) -> None:
    error = await failure(make(url=f"http://127.0.0.1:{unused_tcp_port}/v1"))
    assert (error.kind, error.retryable) == ("connection", True)
    assert (await failure(make(url="not a url"))).kind == "connection"


async def test_silence(upstream: Any, sse: Http, make: Any) -> None:
    raw = sse(delta("Hel"), delta("lo"))

    async def hang(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def stall(writer: asyncio.StreamWriter) -> None:
        writer.write(raw[:-80])
        await asyncio.sleep(60)

    async def only_pings(writer: asyncio.StreamWriter) -> None:
        writer.write(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        while True:
            writer.write(b": ping\n\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def no_body(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 X\r\ncontent-length: 99\r\n\r\n")
        await asyncio.sleep(60)

    upstream.answers = [hang, stall, only_pings, no_body]
    client = make()
    for kind in ("timeout", "timeout", "timeout"):
        error = await failure(client, STREAM, 0.2)
        assert (error.kind, error.retryable) == (kind, True)
    assert (await failure(client)).status == 503


async def test_a_slow_stream_is_no_silent_one(upstream: Any, sse: Http, make: Any) -> None:
    raw = sse(*[delta("x")] * 10, delta(None, "stop"))

    async def slow(writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(raw), len(raw) // 15):
            writer.write(raw[start : start + len(raw) // 15])
            await asyncio.sleep(0.1)

    upstream.answers = [slow]
    events = await ask(make(), STREAM, 1.2)  # the whole takes longer than the silence allowed
    assert Finished(0, "stop") in events


async def test_a_slow_reader_is_no_silent_server(upstream: Any, sse: Http, make: Any) -> None:
    upstream.answers = [sse(*CHUNKS)]
    seen = []
    async for event in make().stream("gpt", STREAM, timeout_s=0.2):
        seen.append(event)
        await asyncio.sleep(0.1)
    assert Finished(0, "stop") in seen


@pytest.mark.parametrize("request_", [REQUEST, STREAM], ids=["whole", "stream"])
async def test_an_answer_without_end(
    upstream: Any, http: Http, sse: Http, make: Any, request_: Any
) -> None:
    upstream.answers = [sse(*[delta("x" * 100)] * 50) if request_ is STREAM else http("x" * 5000)]
    error = await failure(make(max_bytes=2000), request_)
    assert (error.kind, "too long" in str(error)) == ("protocol", True)


async def test_closing_the_iterator_closes_the_call(upstream: Any, sse: Http, make: Any) -> None:
    raw = sse(delta("Hel"), delta("lo"))

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(raw[:-80])
        await asyncio.sleep(60)

    upstream.answers = [endless]
    async with aclosing(make().stream("gpt", STREAM, timeout_s=5)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    await asyncio.wait_for(upstream.disconnected.wait(), 5)


async def test_half_a_surrogate_pair_is_the_requests_fault(make: Any) -> None:
    error = await failure(make(), {"messages": [{"role": "user", "content": "secret \ud800"}]})
    assert (error.kind, error.retryable) == ("client", False)


def test_the_scope_for_the_embedded_provider_never_leaves() -> None:
    body = _asked("m", {"messages": [], SCOPE: {"market": "DE"}})
    assert set(body) == {"messages", "model"}
