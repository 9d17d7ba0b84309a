"""POST /v1/embeddings and /v1/moderations."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import UpstreamError
from proxy.models.fallback import Target
from proxy.models.forward import Forwarder
from validators.testing import FakeRedactor

ENVELOPE = {"message", "type", "param", "code"}
PEOPLE = {"Anna Berg": "PERSON", "anna@shop.example": "EMAIL_ADDRESS"}


class Vectors:
    """A provider of embeddings and moderations."""

    provider = system = "fake"
    local = True
    forwards = frozenset({"embeddings", "moderations"})

    def __init__(self, error: UpstreamError | None = None) -> None:
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self._error = error

    async def ask(
        self,
        route: str,
        model: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,  # noqa: ARG002 - the protocol's
    ) -> object:
        self.asked.append((route, model, request))
        if self._error is not None:
            raise self._error
        if route == "moderations":
            return {"id": "modr-1", "results": [{"flagged": False}]}
        given = request["input"]
        count = 1 if isinstance(given, str) else len(given)
        rows = [{"index": n, "embedding": [float(n)]} for n in range(count)]
        return {"data": rows, "usage": {"prompt_tokens": 5, "total_tokens": 5}}

    @property
    def sent(self) -> str:
        return json.dumps([request for _, _, request in self.asked])


def serve(lab: Any, error: UpstreamError | None = None) -> Vectors:
    """Put a provider behind the alias `bot`; others have none."""
    client = Vectors(error)
    only = Target("e", client, "embed-1", 5.0, None)  # type: ignore[arg-type] - only what is used
    forwarder = Forwarder({"bot": [only], "titles": []}, lab.telemetry)
    lab.live.current = replace(lab.snapshot, forwarder=forwarder)
    return client


async def post(lab: Any, route: str, **body: Any) -> Any:
    return await lab.proxy.call("POST", f"/v1/{route}", {"model": "bot", **body})


@pytest.mark.parametrize("given", ["for Anna Berg", ["for Anna Berg", "and more"]])
async def test_embeddings_are_made_of_redacted_text(labs: Any, given: Any) -> None:
    lab = await labs(values=PEOPLE)
    client = serve(lab)
    reply = await post(lab, "embeddings", input=given, user="anna@shop.example", dimensions=1)
    assert reply.status == 200
    body = reply.json()
    count = 1 if isinstance(given, str) else len(given)
    assert [row["index"] for row in body["data"]] == list(range(count))
    assert (body["object"], body["model"]) == ("list", "bot")
    assert body["usage"] == {"prompt_tokens": 5, "total_tokens": 5}
    assert reply.headers["x-request-id"].startswith("req_")
    [(route, model, sent)] = client.asked
    assert (route, model, sent["dimensions"]) == ("embeddings", "embed-1", 1)
    assert type(sent["input"]) is type(given)
    assert "Anna" not in client.sent
    assert "anna" not in client.sent
    assert "[PERSON_" in client.sent
    again = await post(lab, "embeddings", input=given)
    # Otherwise two vectors of one text would differ.
    assert client.asked[1][2]["input"] == sent["input"]
    assert again.status == 200


async def test_moderations_judge_redacted_text(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    client = serve(lab)
    parts = [{"type": "text", "text": "An"}, {"type": "text", "text": "na Berg"}]
    for given in ("Anna Berg", ["Anna Berg", "x"], parts):
        reply = await post(lab, "moderations", input=given)
        assert reply.status == 200
        assert reply.json() == {
            "id": "modr-1",
            "model": "bot",
            "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
        }
    assert "Anna Berg" not in client.sent
    assert "na Berg" not in client.sent


@pytest.mark.parametrize("route", ["embeddings", "moderations"])
async def test_a_name_behind_which_nobody_serves_this_is_a_404(lab: Any, route: str) -> None:
    for model in ("bot", "titles", "unheard-of"):
        reply = await post(lab, route, model=model, input="x")
        assert reply.status == 404
        error = reply.json()["error"]
        assert set(error) == ENVELOPE
        assert (error["param"], error["code"]) == ("model", "model_not_found")
    assert lab.model.calls == []


@pytest.mark.parametrize("given", [[1, 2], None, [], [["x"]]])
async def test_what_can_t_be_redacted_is_refused(lab: Any, given: Any) -> None:
    client = serve(lab)
    reply = await post(lab, "embeddings", input=given)
    assert (reply.status, reply.json()["error"]["param"]) == (400, "input")
    assert client.asked == []


async def test_failed_redaction_sends_nothing(labs: Any) -> None:
    lab = await labs(redactor=FakeRedactor({}, fails=True))
    client = serve(lab)
    reply = await post(lab, "embeddings", input="x")
    assert (reply.status, reply.json()["error"]["code"]) == (503, "redaction_failed")
    assert client.asked == []


async def test_a_failing_provider_is_an_envelope(lab: Any) -> None:
    serve(lab, UpstreamError("fake: HTTP status 503", kind="status", status=503, retry_after=2))
    reply = await post(lab, "embeddings", input="x")
    assert (reply.status, reply.headers["retry-after"]) == (503, "2")
    assert set(reply.json()["error"]) == ENVELOPE


@pytest.mark.parametrize("route", ["embeddings", "moderations"])
async def test_a_key_is_asked_for_first(lab: Any, route: str) -> None:
    client = serve(lab)
    await asyncio.to_thread(lab.stores.keys.add, "web")
    reply = await lab.proxy.call("POST", f"/v1/{route}", b"not json")
    assert reply.status == 401
    assert client.asked == []


async def test_handrail_s_own_field_stays_here(lab: Any) -> None:
    client = serve(lab)
    body = {"metadata": {"conversation_id": "c1"}, "handrail": {"scope": {"market": "DE"}}}
    assert (await post(lab, "embeddings", input="x", **body)).status == 200
    assert set(client.asked[0][2]) == {"model", "input"}
    assert await lab.records() == []


async def test_the_call_is_traced(lab: Any) -> None:
    serve(lab)
    await post(lab, "embeddings", input="x")
    assert lab.spans == [
        "POST /v1/embeddings",
        "handrail.authenticate",
        "handrail.redact",
        "embeddings embed-1",
    ]
