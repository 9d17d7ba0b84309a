"""The official Python SDK against the proxy: what a bot's developer really runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from policies.errors import UpstreamError
from proxy.models.base import Finished, Opened, ToolDelta
from validators.testing import FakeRedactor

GOOD = "Parcels go back within 30 days."
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "returns: how long?"}]
Serving = Callable[[Any], Awaitable[str]]


@pytest.fixture
async def sdk(serving: Serving) -> AsyncIterator[Callable[..., Awaitable[AsyncOpenAI]]]:
    """Return `make(lab)`: an asynchronous client of a served shop."""
    made: list[AsyncOpenAI] = []

    async def make(lab: Any, key: str = "any", retries: int = 0) -> AsyncOpenAI:
        url = await serving(lab)
        made.append(AsyncOpenAI(base_url=url, api_key=key, max_retries=retries, timeout=20))
        return made[-1]

    yield make
    for client in made:
        await client.close()


async def test_only_the_base_url_changes(lab: Any, sdk: Any) -> None:
    client = await sdk(lab)
    done = await client.chat.completions.create(model="bot", messages=ASKED)
    assert done.choices[0].message.content == GOOD
    assert done.choices[0].finish_reason == "stop"
    assert done.usage.total_tokens == 18
    assert done.handrail["action"] == "pass"
    assert done._request_id.startswith("req_")


async def test_the_synchronous_client(lab: Any, serving: Serving) -> None:
    url = await serving(lab)

    def ask() -> tuple[str | None, list[str]]:
        with OpenAI(base_url=url, api_key="any", max_retries=0, timeout=20) as client:
            whole = client.chat.completions.create(model="bot", messages=ASKED)
            stream = client.chat.completions.create(model="bot", messages=ASKED, stream=True)
            pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
        return whole.choices[0].message.content, pieces

    text, pieces = await asyncio.to_thread(ask)
    assert text == "".join(pieces) == GOOD


async def test_a_plain_stream_loop(labs: Any, kit: Any, sdk: Any) -> None:
    lab = await labs(kit.says("One is good. Two is good.", chunk=4))
    client = await sdk(lab)
    stream = await client.chat.completions.create(model="bot", messages=ASKED, stream=True)
    chunks = [chunk async for chunk in stream]
    # Every chunk has a choice: loops that read choices[0] must not break.
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "One is good. Two is good."
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].handrail["verdict"] == "grounded"


@pytest.mark.parametrize("said", ["returns: x", "dispute: x", "fraud: x"])
async def test_the_stream_helper(lab: Any, sdk: Any, said: str) -> None:
    client = await sdk(lab)
    messages = [{"role": "user", "content": said}]
    options = {"include_usage": True}
    async with client.chat.completions.stream(
        model="bot", messages=messages, stream_options=options
    ) as stream:
        deltas = [event.delta async for event in stream if event.type == "content.delta"]
        final = await stream.get_final_completion()
    assert final.choices[0].message.content == "".join(deltas)
    assert final.choices[0].finish_reason == "stop"
    assert final.usage is not None


@pytest.mark.parametrize("stream", [False, True])
async def test_tool_calls_run_as_ever(labs: Any, sdk: Any, stream: bool) -> None:
    arguments = json.dumps({"order": "A-17"})
    calls = [ToolDelta(0, n, id=f"call_{n}", name="find_order") for n in range(2)]
    pieces = [ToolDelta(0, n, arguments=arguments[i : i + 4]) for n in range(2) for i in (0, 4, 8)]
    rest = [ToolDelta(0, n, arguments=arguments[12:]) for n in range(2)]
    ends = Finished(0, "tool_calls")
    lab = await labs([Opened(id="up-1"), *calls, *pieces, *rest, ends])
    client = await sdk(lab)
    function = {"name": "find_order", "parameters": {"type": "object"}, "strict": True}
    tools = [{"type": "function", "function": function}]
    if stream:
        async with client.chat.completions.stream(
            model="bot", messages=ASKED, tools=tools
        ) as events:
            message = (await events.get_final_completion()).choices[0].message
    else:
        done = await client.chat.completions.create(model="bot", messages=ASKED, tools=tools)
        message = done.choices[0].message
    assert [call.id for call in message.tool_calls] == ["call_0", "call_1"]
    assert [json.loads(c.function.arguments) for c in message.tool_calls] == [{"order": "A-17"}] * 2
    [(_, sent)] = lab.model.calls
    assert sent["tools"] == tools


class Verdict(BaseModel):
    days: int


async def test_a_bot_that_parses_json_meets_a_refusal(labs: Any, kit: Any, sdk: Any) -> None:
    lab = await labs(kit.says('{"days": 30}'), kit.says('{"days": "WRONG"}'))
    client = await sdk(lab)

    async def parsed() -> Any:
        done = await client.chat.completions.parse(
            model="bot", messages=ASKED, response_format=Verdict
        )
        return done.choices[0].message

    good, withheld = await parsed(), await parsed()
    assert good.parsed == Verdict(days=30)
    assert withheld.parsed is None
    assert withheld.refusal.startswith("A colleague takes over.")


async def test_raw_headers_can_be_read(lab: Any, sdk: Any) -> None:
    client = await sdk(lab)
    raw = await client.chat.completions.with_raw_response.create(model="bot", messages=ASKED)
    assert raw.headers["x-handrail-action"] == "pass"
    assert raw.headers["x-handrail-verdict"] == "grounded"
    assert raw.headers["x-request-id"] == raw.parse()._request_id
    assert raw.parse().handrail["id"] == raw.headers["x-handrail-id"]


async def test_extra_body_reaches_handrail_only(lab: Any, sdk: Any) -> None:
    client = await sdk(lab)
    await client.chat.completions.create(
        model="bot",
        messages=ASKED,
        metadata={"conversation_id": "c1"},
        extra_body={"handrail": {"account": {"plan": "gold"}}},
    )
    [(_, sent)] = lab.model.calls
    assert "handrail" not in sent
    [record] = await lab.records()
    assert record["conversation"] == "c1"


async def test_models_can_be_listed(lab: Any, sdk: Any) -> None:
    client = await sdk(lab)
    assert [model.id async for model in client.models.list()] == ["bot", "titles"]
    assert (await client.models.retrieve("bot")).id == "bot"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("unheard-of")


async def ask(client: AsyncOpenAI, **changes: Any) -> Any:
    return await client.chat.completions.create(**{"model": "bot", "messages": ASKED, **changes})


async def test_each_mistake_is_the_exception_that_developers_know(lab: Any, sdk: Any) -> None:
    await asyncio.to_thread(lab.stores.keys.add, "web")
    stranger = await sdk(lab, key="wrong")
    with pytest.raises(openai.AuthenticationError) as refused:
        await ask(stranger)
    assert refused.value.code == "invalid_api_key"
    key = await asyncio.to_thread(lab.stores.keys.add, "app")
    client = await sdk(lab, key=key)
    with pytest.raises(openai.NotFoundError) as unknown:
        await ask(client, model="unheard-of")
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.BadRequestError) as bad:
        await ask(client, messages=[])
    assert bad.value.param == "messages"
    assert bad.value.request_id.startswith("req_")
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="bot", input="x")
    with pytest.raises(openai.APIStatusError) as large:
        await ask(client, extra_body={"pad": "x" * lab.snapshot.config.server.max_body_bytes})
    assert large.value.status_code == 413


async def test_a_refusal_by_the_provider_is_not_paid_for_again(labs: Any, sdk: Any) -> None:
    refused = UpstreamError("fake: HTTP status 400", kind="client", status=400)
    lab = await labs([refused])
    client = await sdk(lab, retries=2)
    with pytest.raises(openai.BadRequestError):
        await ask(client)
    with pytest.raises(openai.BadRequestError):
        await ask(client, stream=True)
    assert len(lab.model.calls) == 2


async def test_a_utility_call_that_timed_out_is_not_paid_for_again(labs: Any, sdk: Any) -> None:
    lab = await labs([UpstreamError("fake: silent", kind="timeout")])
    client = await sdk(lab, retries=2)
    with pytest.raises(openai.InternalServerError) as caught:
        await ask(client, model="titles")
    assert caught.value.status_code == 504
    assert len(lab.model.calls) == 1


async def test_failed_redaction_is_a_server_error(labs: Any, sdk: Any) -> None:
    lab = await labs(redactor=FakeRedactor({}, fails=True))
    client = await sdk(lab)
    with pytest.raises(openai.InternalServerError) as caught:
        await ask(client)
    assert (caught.value.status_code, caught.value.code) == (503, "redaction_failed")
    assert lab.model.calls == []


async def test_an_error_within_a_stream_is_raised(labs: Any, kit: Any, sdk: Any) -> None:
    opened, first, *_ = kit.says("A title of some length", chunk=8)
    lab = await labs([opened, first, UpstreamError("fake: cut off", kind="protocol")])
    client = await sdk(lab)
    stream = await ask(client, model="titles", stream=True)
    with pytest.raises(openai.APIError, match="No model could answer"):
        async for _ in stream:
            pass
