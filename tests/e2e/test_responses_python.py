"""The official Python SDK on /v1/responses, /v1/embeddings and /v1/moderations."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from proxy.models.base import Finished, Opened, ToolDelta
from proxy.models.fallback import Target
from proxy.models.forward import Forwarder

GOOD = "Parcels go back within 30 days."
Serving = Callable[[Any], Awaitable[str]]
PARAMETERS = {
    "type": "object",
    "properties": {"who": {"type": "string"}},
    "required": ["who"],
    "additionalProperties": False,
}
FIND = {"type": "function", "name": "find", "parameters": PARAMETERS, "strict": True}
PEOPLE = {"Anna Berg": "PERSON"}


@pytest.fixture
async def sdk(serving: Serving) -> AsyncIterator[Callable[..., Awaitable[AsyncOpenAI]]]:
    """Return `make(lab)`: a client of a served shop."""
    made: list[AsyncOpenAI] = []

    async def make(lab: Any) -> AsyncOpenAI:
        url = await serving(lab)
        made.append(AsyncOpenAI(base_url=url, api_key="any", max_retries=0, timeout=20))
        return made[-1]

    yield make
    for client in made:
        await client.close()


async def test_a_whole_response(lab: Any, sdk: Any) -> None:
    client = await sdk(lab)
    done = await client.responses.create(model="bot", input="returns: x", instructions="be kind")
    assert (done.output_text, done.status, done.error) == (GOOD, "completed", None)
    assert done.usage.total_tokens == 18
    assert done.handrail["action"] == "pass"
    assert done._request_id.startswith("req_")


@pytest.mark.parametrize("said", ["returns: x", "dispute: x", "fraud: x"])
async def test_a_plain_stream_loop(lab: Any, sdk: Any, said: str) -> None:
    client = await sdk(lab)
    stream = await client.responses.create(model="bot", input=said, stream=True)
    events = [event async for event in stream]
    deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
    final = events[-1].response
    assert final.output_text == "".join(deltas)
    assert final.status == "completed"
    assert final.handrail["action"] == ("pass" if said.startswith("returns") else "escalate")


@pytest.mark.parametrize("said", ["returns: x", "dispute: x"])
async def test_the_stream_helper(lab: Any, sdk: Any, said: str) -> None:
    client = await sdk(lab)
    async with client.responses.stream(model="bot", input=said) as stream:
        deltas = [e.delta async for e in stream if e.type == "response.output_text.delta"]
        final = await stream.get_final_response()
    assert final.output_text == "".join(deltas)


def calls_then_answers(request: Mapping[str, Any]) -> list[Any]:
    if request["messages"][-1]["role"] != "user":
        said = "The tool said: " + request["messages"][-1]["content"]
        return [Opened(id="up-2"), *_text(said), Finished(0, "stop")]
    who = request["messages"][-1]["content"].removeprefix("returns: ")
    arguments = json.dumps({"who": who})
    pieces = [ToolDelta(0, 0, arguments=arguments[i : i + 4]) for i in range(0, 80, 4)]
    begin = ToolDelta(0, 0, id="call_1", name="find")
    return [Opened(id="up-1"), begin, *pieces, Finished(0, "tool_calls")]


def _text(said: str) -> list[Any]:
    from proxy.models.base import TextDelta  # noqa: PLC0415 - only here

    return [TextDelta(0, said)]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("linked", [False, True])
async def test_a_loop_of_tools(labs: Any, sdk: Any, stream: bool, linked: bool) -> None:
    lab = await labs(calls_then_answers, values=PEOPLE)
    client = await sdk(lab)
    first_input = [{"role": "user", "content": "returns: Anna Berg"}]
    if stream:
        async with client.responses.stream(model="bot", input=first_input, tools=[FIND]) as events:
            first = await events.get_final_response()
    else:
        first = await client.responses.create(model="bot", input=first_input, tools=[FIND])
    [call] = first.output
    assert (call.type, call.call_id) == ("function_call", "call_1")
    assert json.loads(call.arguments) == {"who": "Anna Berg"}
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "Anna Berg: 30"}
    if linked:
        more = {"input": [result], "previous_response_id": first.id}
    else:
        own = [item.model_dump(exclude_none=True) for item in first.output]
        more = {"input": [*first_input, *own, result]}
    done = await client.responses.create(model="bot", tools=[FIND], **more)
    assert done.output_text == "The tool said: Anna Berg: 30"
    assert "Anna" not in lab.model.sent


class Verdict(BaseModel):
    days: int


async def test_a_bot_that_parses_json_meets_a_refusal(labs: Any, kit: Any, sdk: Any) -> None:
    lab = await labs(kit.says('{"days": 30}'), kit.says('{"days": "WRONG"}'))
    client = await sdk(lab)
    good = await client.responses.parse(model="bot", input="returns: x", text_format=Verdict)
    assert good.output_parsed == Verdict(days=30)
    withheld = await client.responses.parse(model="bot", input="returns: x", text_format=Verdict)
    assert withheld.output_parsed is None
    assert withheld.output[0].content[0].refusal.startswith("A colleague takes over.")


async def test_a_conversation_by_its_ids(labs: Any, kit: Any, sdk: Any) -> None:
    lab = await labs(kit.echo, values=PEOPLE)
    client = await sdk(lab)
    first = await client.responses.create(model="bot", input="returns: I am Anna Berg")
    second = await client.responses.create(
        model="bot", input="returns: hello again", previous_response_id=first.id
    )
    assert second.previous_response_id == first.id
    assert len(lab.model.calls[1][1]["messages"]) == 3
    shown = await client.responses.retrieve(first.id)
    assert shown.output_text == first.output_text == "returns: I am Anna Berg"
    await client.responses.delete(second.id)
    with pytest.raises(openai.NotFoundError) as gone:
        await client.responses.create(
            model="bot", input="returns: x", previous_response_id=second.id
        )
    assert gone.value.code == "response_not_found"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
    ],
)
async def test_what_can_t_be_checked_is_an_exception(
    lab: Any, sdk: Any, changes: dict[str, Any], param: str
) -> None:
    client = await sdk(lab)
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(**{"model": "bot", "input": "returns: x", **changes})
    assert caught.value.param == param
    assert lab.model.calls == []


class Vectors:
    """A provider whose vectors are three lengths of the text."""

    provider = system = "fake"
    local = True
    forwards = frozenset({"embeddings", "moderations"})

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []

    async def ask(
        self,
        route: str,
        model: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,  # noqa: ARG002 - the protocol's
    ) -> object:
        self.sent.append({**request, "model": model})
        if route == "moderations":
            scores = {"violence": 0.1}
            flags = {"flagged": False, "categories": {"violence": False}}
            return {"id": "modr-1", "results": [{**flags, "category_scores": scores}]}
        given = request["input"]
        given = [given] if isinstance(given, str) else given
        # Base64 of three floats, as the SDK asks for.
        encoded = "AAAAAAAAgD8AAABA"
        rows = [{"index": n, "embedding": encoded} for n in range(len(given))]
        return {"data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


async def test_embeddings_and_moderations(labs: Any, sdk: Any) -> None:
    lab = await labs(values=PEOPLE)
    client, provider = await sdk(lab), Vectors()
    only = Target("e", provider, "embed-1", 5.0, None)  # type: ignore[arg-type] - only what is used
    forwarder = Forwarder({"bot": [only], "titles": []}, lab.telemetry)
    lab.live.current = replace(lab.snapshot, forwarder=forwarder)
    made = await client.embeddings.create(model="bot", input=["Anna Berg", "x"])
    assert [row.embedding for row in made.data] == [[0.0, 1.0, 2.0]] * 2
    assert made.usage.total_tokens == 1
    judged = await client.moderations.create(model="bot", input="Anna Berg")
    assert judged.results[0].flagged is False
    assert "Anna" not in json.dumps(provider.sent)
    with pytest.raises(openai.BadRequestError):
        await client.embeddings.create(model="bot", input=[[1, 2], [3]])
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="titles", input="x")
