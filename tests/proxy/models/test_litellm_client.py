import json
from typing import Any

import pytest

from policies.errors import UpstreamError
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta, UsageReport
from proxy.models.litellm_client import LiteLLMClient, listed_price

pytestmark = pytest.mark.filterwarnings("ignore")  # litellm's imports warn, in ways that change
REQUEST = {"model": "alias", "messages": [{"role": "user", "content": "Hi"}]}


def client(**options: Any) -> LiteLLMClient:
    return LiteLLMClient("acme", "anthropic", "sk-key", options=options)


async def ask(made: LiteLLMClient, **more: Any) -> list[ModelEvent]:
    return [e async for e in made.stream("claude-x", {**REQUEST, **more}, timeout_s=30)]


def text(events: list[ModelEvent]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer(stream: bool) -> None:
    events = await ask(client(mock_response="Hello there, you."), stream=stream)
    assert isinstance(events[0], Opened)
    assert text(events) == "Hello there, you."
    assert Finished(0, "stop") in events
    assert isinstance(events[-1], UsageReport)
    assert events[-1].usage["total_tokens"] > 0


async def test_a_real_call_says_what_was_asked_and_no_more(upstream: Any, http: Any) -> None:
    message = {
        "index": 0,
        "message": {"role": "assistant", "content": "Hey"},
        "finish_reason": "stop",
    }
    upstream.answers = [http({"id": "c", "object": "chat.completion", "choices": [message]})]
    made = LiteLLMClient("acme", "openai", "sk-key", upstream.url)
    evil = {"api_base": "http://127.0.0.1:9", "api_key": "sk-evil", "mock_response": "evil"}
    assert text(await ask(made, temperature=0.5, metadata={"a": "b"}, **evil)) == "Hey"
    _, headers, body = upstream.requests[0]
    assert headers["authorization"] == "Bearer sk-key"
    assert (body["model"], body["temperature"]) == ("claude-x", 0.5)
    assert "evil" not in json.dumps(body)
    await made.close()


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [(503, "status", True), (429, "status", True), (401, "status", False), (400, "client", False)],
)
async def test_a_status(upstream: Any, http: Any, status: int, kind: str, retryable: bool) -> None:
    upstream.answers = [http({"error": {"message": "secret"}}, status, retry_after="2")]
    with pytest.raises(UpstreamError) as caught:
        await ask(LiteLLMClient("acme", "openai", "sk-key", upstream.url))
    error = caught.value
    assert (error.kind, error.status, error.retryable) == (kind, status, retryable)
    assert "secret" not in str(error)
    assert error.__suppress_context__
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("mock", "kind"),
    [("litellm.RateLimitError", "status"), ("litellm.InternalServerError", "status")],
)
async def test_errors_of_litellm(mock: str, kind: str) -> None:
    with pytest.raises(UpstreamError) as caught:
        await ask(client(mock_response=mock))
    assert caught.value.kind == kind


async def test_a_stream_that_is_cut(upstream: Any, sse: Any) -> None:
    half = {"id": "c", "choices": [{"index": 0, "delta": {"content": "secret"}}]}
    raw = sse(half, "data: {", done=False, connection="close")
    upstream.answers = [raw]
    with pytest.raises(UpstreamError) as caught:
        await ask(LiteLLMClient("acme", "openai", "sk-key", upstream.url), stream=True)
    assert "secret" not in str(caught.value)


async def test_silence_is_a_timeout(upstream: Any) -> None:
    async def hang(_writer: Any) -> None:
        await upstream.disconnected.wait()

    made = LiteLLMClient("acme", "openai", "sk-key", upstream.url)
    upstream.answers = [hang]
    await ask(client(mock_response="warm"))  # the import is not what is timed
    with pytest.raises(UpstreamError) as caught:
        async for _ in made.stream("m", REQUEST, timeout_s=0.2):
            pass
    assert caught.value.kind == "timeout"


async def test_listed_prices() -> None:
    await ask(client(mock_response="warm"))
    price = listed_price("gpt-4o-mini")
    assert price is not None
    assert 0 < price.input < price.output
    assert listed_price("openai/gpt-4o-mini") == price
    assert listed_price("no-such-model") is None


async def test_embeddings_go_to_the_provider_with_known_fields_only(
    upstream: Any, http: Any
) -> None:
    rows = [{"object": "embedding", "index": 0, "embedding": [0.5, 1.0]}]
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    upstream.answers = [http({"object": "list", "model": "e", "data": rows, "usage": usage})]
    made = LiteLLMClient("acme", "openai", "sk-key", upstream.url)
    request = {
        "model": "alias",
        "input": ["Hi"],
        "dimensions": 2,
        "api_base": "http://evil.example",
    }
    answer = await made.ask("embeddings", "text-embedding-3-small", request, timeout_s=30)
    assert isinstance(answer, dict)
    assert [row["embedding"] for row in answer["data"]] == [[0.5, 1.0]]
    [(line, headers, body)] = upstream.requests
    assert line.startswith("POST /v1/embeddings")
    assert headers["authorization"] == "Bearer sk-key"
    assert (body["model"], body["input"], body["dimensions"]) == (
        "text-embedding-3-small",
        ["Hi"],
        2,
    )
    assert "evil" not in json.dumps(body)


async def test_moderations_are_not_sent_to_somebody_else(upstream: Any) -> None:
    made = LiteLLMClient("acme", "anthropic", "sk-key", upstream.url)
    assert "moderations" not in made.forwards
    with pytest.raises(UpstreamError) as caught:
        await made.ask("moderations", "m-1", {"input": "Hi"}, timeout_s=30)
    assert caught.value.status == 404
    assert upstream.requests == []


async def test_a_failed_embedding_says_nothing_of_the_provider_s(upstream: Any, http: Any) -> None:
    upstream.answers = [http({"error": {"message": "secret"}}, 400)]
    made = LiteLLMClient("acme", "openai", "sk-key", upstream.url)
    with pytest.raises(UpstreamError) as caught:
        await made.ask("embeddings", "embed-1", {"input": "Hi"}, timeout_s=30)
    assert caught.value.kind == "client"
    assert "secret" not in str(caught.value)
