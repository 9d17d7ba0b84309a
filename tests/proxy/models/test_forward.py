from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from policies.errors import RequestError, UpstreamError
from proxy.models.fallback import Target
from proxy.models.forward import Forwarder, Forwarding
from proxy.models.openai import OpenAIClient
from proxy.models.scripted import ScriptedClient
from proxy.telemetry.memory import MemoryTelemetry

ANSWER = {"data": [{"embedding": [1.0]}]}
SENT = {"input": ["[PERSON_k7q2] asks"], "dimensions": 1}


def target(client: Any, model: str = "embed-1", timeout_s: float = 2.0) -> Target:
    return Target("e", client, model, timeout_s, None)


@pytest.fixture
async def client(upstream: Any) -> AsyncIterator[OpenAIClient]:
    made = OpenAIClient("acme", upstream.url, "sk-key")
    yield made
    await made.close()


async def ask(forwarder: Forwarder, telemetry: MemoryTelemetry, alias: str = "vectors") -> object:
    span = telemetry.start("parent")
    try:
        return await forwarder.ask("embeddings", alias, SENT, span)
    finally:
        span.end()


async def test_the_request_goes_to_the_alias_s_model(
    upstream: Any, http: Any, client: OpenAIClient
) -> None:
    upstream.answers = [http(ANSWER)]
    telemetry = MemoryTelemetry()
    forwarder = Forwarder({"vectors": [target(client)]}, telemetry)
    assert await ask(forwarder, telemetry) == ANSWER
    [(line, headers, body)] = upstream.requests
    assert line.startswith("POST /v1/embeddings ")
    assert headers["authorization"] == "Bearer sk-key"
    assert body == {**SENT, "model": "embed-1"}
    assert [span.name for span in telemetry.spans] == ["embeddings embed-1", "parent"]


@pytest.mark.parametrize(
    ("alias", "served"), [("anything", True), ("vectors", True), ("bot", False)]
)
async def test_the_star_serves_names_that_have_no_entry(
    upstream: Any, http: Any, client: OpenAIClient, alias: str, served: bool
) -> None:
    upstream.answers = [http(ANSWER)]
    telemetry = MemoryTelemetry()
    targets = {"*": [target(client)], "vectors": [target(client)], "bot": []}
    forwarder = Forwarder(targets, telemetry)
    if served:
        assert await ask(forwarder, telemetry, alias) == ANSWER
        return
    with pytest.raises(RequestError) as caught:
        await ask(forwarder, telemetry, alias)
    assert (caught.value.status, caught.value.code) == (404, "model_not_found")
    assert upstream.requests == []


async def test_a_model_without_such_a_route_is_a_404() -> None:
    telemetry = MemoryTelemetry()
    forwarder = Forwarder({"*": [target(ScriptedClient("s", []))]}, telemetry)
    with pytest.raises(RequestError) as caught:
        await ask(forwarder, telemetry)
    assert caught.value.status == 404
    assert "/v1/embeddings" in caught.value.message


@pytest.mark.parametrize(
    ("status", "seen", "retry"),
    [(404, 404, False), (400, 400, False), (429, 429, None), (500, 502, None)],
)
async def test_a_provider_s_failure_is_said_without_its_words(  # noqa: PLR0913, PLR0917 - fixtures
    upstream: Any, http: Any, client: OpenAIClient, status: int, seen: int, retry: bool | None
) -> None:
    upstream.answers = [http({"error": {"message": "secret"}}, status)]
    telemetry = MemoryTelemetry()
    forwarder = Forwarder({"*": [target(client)]}, telemetry)
    with pytest.raises(RequestError) as caught:
        await ask(forwarder, telemetry)
    assert (caught.value.status, caught.value.retry) == (seen, retry)
    assert "secret" not in caught.value.message
    assert len(upstream.requests) == 1  # SDKs try again themselves


async def test_silence_ends(upstream: Any, client: OpenAIClient) -> None:
    async def silent(_: Any) -> None:
        await upstream.disconnected.wait()

    upstream.answers = [silent]
    telemetry = MemoryTelemetry()
    forwarder = Forwarder({"*": [target(client, timeout_s=0.05)]}, telemetry)
    with pytest.raises(RequestError) as caught:
        await ask(forwarder, telemetry)
    assert caught.value.status == 504


async def test_an_answer_that_is_no_json_is_an_upstream_error(
    upstream: Any, http: Any, client: OpenAIClient
) -> None:
    upstream.answers = [http("not json")]
    with pytest.raises(UpstreamError) as caught:
        await client.ask("moderations", "m", {"input": "x"}, timeout_s=2.0)
    assert caught.value.kind == "protocol"


class Only:
    """A client that serves one route."""

    system = "fake"

    def __init__(self, route: str) -> None:
        self.forwards = frozenset({route})

    async def ask(
        self, route: str, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> object:
        return [route, model, request, timeout_s]


async def test_the_first_model_whose_provider_has_the_route_is_taken() -> None:
    assert isinstance(Only("embeddings"), Forwarding)
    telemetry = MemoryTelemetry()
    script = target(ScriptedClient("s", []))
    others = [target(Only("moderations"), "m"), target(Only("embeddings"), "e")]
    again = target(Only("embeddings"), "e2")
    forwarder = Forwarder({"vectors": [script, *others, again]}, telemetry)
    assert await ask(forwarder, telemetry) == ["embeddings", "e", SENT, 2.0]
