"""Personal values come back to whom they belong, and are found nowhere else."""

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.errors import UpstreamError
from proxy.models.base import Finished, Opened, TextDelta, ToolDelta

PEOPLE = {
    "Anna Berg": "PERSON",
    "Anna Bergström": "PERSON",
    "Bo Ek": "PERSON",
    "anna@shop.example": "EMAIL_ADDRESS",
    "+46 70 123 45 67": "PHONE_NUMBER",
}
quick = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def messages(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


@quick
@given(
    said=st.lists(st.sampled_from([*PEOPLE, "and", "then:", "(", "x"]), min_size=1, max_size=8),
    chunk=st.integers(1, 7),
    stream=st.booleans(),
    model=st.sampled_from(["bot", "titles"]),
)
async def test_each_value_comes_back_to_its_place(  # noqa: PLR0913, PLR0917 - drawn
    labs: Any, kit: Any, said: list[str], chunk: int, stream: bool, model: str
) -> None:
    def play(request: Mapping[str, Any]) -> list[Any]:
        return list(kit.says(request["messages"][-1]["content"], chunk=chunk))

    lab = await labs(play, values=PEOPLE)
    text = "whole: " + " ".join(said)
    reply = await lab.ask(text, stream=stream, model=model)
    assert reply.text == text
    assert not [value for value in PEOPLE if value in lab.model.sent]


def tool_calls(request: Mapping[str, Any]) -> list[Any]:
    """Call two tools with what the customer said, in pieces that cut everything."""
    said = request["messages"][-1]["content"]
    arguments = json.dumps({"note": f'said "{said}"', "nested": json.dumps({"who": said})})
    events: list[Any] = [Opened(id="up-1")]
    for index in range(2):
        events.append(ToolDelta(0, index, id=f"call_{index}", name="open_ticket"))
        events += [ToolDelta(0, index, arguments=arguments[i : i + 3]) for i in range(0, 400, 3)]
    return [*events, Finished(0, "tool_calls")]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["bot", "titles"])
async def test_tool_calls_get_the_values_back_as_json(labs: Any, stream: bool, model: str) -> None:
    lab = await labs(tool_calls, values=PEOPLE)
    said = "returns: Anna Berg and Bo Ek"
    tools = [{"type": "function", "function": {"name": "open_ticket", "parameters": {}}}]
    reply = await lab.ask(said, stream=stream, model=model, tools=tools)
    assert [call["id"] for call in reply.calls] == ["call_0", "call_1"]
    assert reply.finish == "tool_calls"
    for call in reply.calls:
        arguments = json.loads(call["function"]["arguments"])
        assert arguments["note"] == f'said "{said}"'
        assert json.loads(arguments["nested"]) == {"who": said}
    assert "Anna" not in lab.model.sent


async def test_a_name_keeps_its_placeholder_over_the_turns_of_a_conversation(
    labs: Any, kit: Any
) -> None:
    lab = await labs(kit.says("Fine."), values=PEOPLE)
    history = messages("returns: I am Bo Ek")
    headers = {"x-conversation-id": "c1"}
    await lab.ask(history, headers=headers)
    history += [{"role": "assistant", "content": "Hello Bo Ek."}, *messages("returns: Anna Berg")]
    await lab.ask(history, headers=headers)
    (_, first), (_, second) = lab.model.calls
    assert first["messages"][0] == second["messages"][0]
    placeholder = first["messages"][0]["content"].removeprefix("returns: I am ")
    assert second["messages"][1]["content"] == f"Hello {placeholder}."
    assert placeholder not in second["messages"][2]["content"]


async def test_a_typed_placeholder_is_nobody_s_value(labs: Any, kit: Any) -> None:
    lab = await labs(kit.echo, values=PEOPLE)
    await lab.ask("whole: I am Bo Ek")
    stolen = lab.model.calls[0][1]["messages"][0]["content"].removeprefix("whole: I am ")
    reply = await lab.ask(f"whole: {stolen}, and Anna Berg")
    assert reply.text == f"whole: {stolen}, and Anna Berg"


def everything(lab: Any, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that is kept or told, as one text."""
    points = [*lab.telemetry.spans, *lab.telemetry.measures]
    return "\n".join([lab.model.sent, caplog.text, repr(points), _files(lab.folder / "data")])


def _files(folder: Path) -> str:
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert {"records.db", "cache.db", "vault.db"} <= {path.name for path in kept}
    return "\n".join(path.read_bytes().decode("latin-1") for path in kept)


def planted(intent: str) -> dict[str, Any]:
    """Return a request with a personal value in every place that may hold text."""
    arguments = json.dumps({"email": "anna@shop.example"})
    call = {"id": "t1", "type": "function", "function": {"name": "find", "arguments": arguments}}
    phone = [{"type": "text", "text": "call +46 70 123 45 67, ask for An"}]
    phone.append({"type": "text", "text": "na Bergström"})
    return {
        "said": [
            {"role": "system", "content": "The customer is Anna Berg."},
            {"role": "user", "content": phone, "name": "Anna Berg"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "t1", "content": '{"name": "Anna Berg"}'},
            {"role": "user", "content": f"{intent}: I am Anna Berg"},
        ],
        "user": "anna@shop.example",
        "metadata": {"customer_ref": "Bo Ek", "locale": "Anna Berg", "note": "Bo Ek"},
        "headers": {"x-conversation-id": "for anna@shop.example"},
        "handrail": {
            "context": [{"id": "1", "title": "Bo Ek", "text": "Anna Berg returned it."}],
            "account": {"owner": "Anna Berg", "phones": ["+46 70 123 45 67"]},
            "scope": {"market": "DE", "merchant": "Bo Ek"},
        },
    }


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("intent", ["returns", "trimming", "whole", "dispute", "fraud", "order"])
@pytest.mark.parametrize("answer", ["It is {} good. ", "It is {} WRONG. ", "It is {} BROKEN. "])
async def test_planted_values_stay_inside(  # noqa: PLR0913, PLR0917 - one per dimension
    labs: Any,
    kit: Any,
    caplog: pytest.LogCaptureFixture,
    stream: bool,
    intent: str,
    answer: str,
) -> None:
    def play(request: Mapping[str, Any]) -> list[Any]:
        said = request["messages"][-1]["content"].partition("I am ")[2]
        return list(kit.says(answer.format(said) * 2, chunk=9))

    caplog.set_level(logging.DEBUG)
    lab = await labs(play, values=PEOPLE, files=True)
    reply = await lab.ask(**planted(intent), stream=stream)
    assert reply.status == 200
    assert len(await lab.records()) == 1
    await lab.settle()
    found = await asyncio.to_thread(everything, lab, caplog)
    assert [value for value in (*PEOPLE, "na Bergström") if value in found] == []
    assert "PERSON_" in found


@pytest.mark.parametrize(
    "failure",
    [
        UpstreamError("fake: HTTP status 400", kind="client", status=400),
        UpstreamError("fake: no connection", kind="connection"),
        RuntimeError("the provider said: Anna Berg"),
    ],
)
async def test_failures_tell_no_values(
    labs: Any, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    caplog.set_level(logging.DEBUG)
    play = [Opened(id="up-1"), TextDelta(0, "One "), failure]
    lab = await labs(play, values=PEOPLE, files=True)
    reply = await lab.ask(**planted("returns"))
    utility = await lab.ask(**planted("returns"), model="titles")
    await lab.settle()
    found = await asyncio.to_thread(everything, lab, caplog)
    found += reply.body.decode() + utility.body.decode()
    assert [value for value in PEOPLE if value in found] == []


async def test_a_shared_answer_holds_no_value_of_the_first_customer(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("Parcels go back within 30 days."), values=PEOPLE)
    await lab.ask("returns: how long?", metadata={"customer_ref": "Anna Berg"})
    await lab.settle()
    again = await lab.ask("returns: how long?", metadata={"customer_ref": "Bo Ek"})
    assert again.headers["x-handrail-cache"] == "hit"
    [entry] = await asyncio.to_thread(lab.stores.cache.entries)
    assert "Anna" not in repr(entry)
