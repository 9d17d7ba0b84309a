import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.turn import Vault
from proxy.models.base import (
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.models.unveiled import UnveiledClient, Unveiler
from validators.pii.placeholders import type_of
from validators.pii.restore import restore_json
from validators.pii.veil import Veil, VeilStream

VAULT = Vault({"[PERSON_k7q2]": 'Anna "A" Berg', "[EMAIL_ADDRESS_a2aa]": "anna@shop.example"})
UNVEIL = Unveiler(
    {"near": frozenset({"PERSON"}), "empty": frozenset()},
    lambda name, _: type_of(name),
    restore_json,
    Veil,
    VeilStream,
)


class Model:
    """Plays events, and keeps what it was asked."""

    system = "fake"
    local = True

    def __init__(self, *events: ModelEvent, provider: str = "near") -> None:
        self.provider = provider
        self.events = events
        self.asked: list[Mapping[str, Any]] = []
        self.left_open = 0
        self.closed = False

    async def stream(
        self,
        model: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
    ) -> AsyncIterator[ModelEvent]:
        assert (model, timeout_s) == ("m", 9)
        self.asked.append(request)
        self.left_open += 1
        try:
            for event in self.events:
                yield event
        finally:
            self.left_open -= 1

    async def close(self) -> None:
        self.closed = True


async def through(model: Any, request: Mapping[str, Any]) -> list[ModelEvent]:
    client = UNVEIL(model, VAULT)
    assert isinstance(client, UnveiledClient)
    assert (client.provider, client.system, client.local) == ("near", "fake", True)
    return [event async for event in client.stream("m", request, timeout_s=9)]


@pytest.mark.parametrize("provider", ["far", "empty"])
def test_who_may_see_nothing_is_asked_as_before(provider: str) -> None:
    model = Model(provider=provider)
    assert UNVEIL(model, VAULT) is model
    near = Model()
    assert UNVEIL(near, Vault()) is near


async def test_the_request_holds_what_may_be_seen_as_text_and_as_json() -> None:
    model = Model(Finished(0, "stop"))
    arguments = json.dumps({"who": "[PERSON_k7q2]"})
    request = {
        "messages": [
            {"role": "user", "content": "I am [PERSON_k7q2], [EMAIL_ADDRESS_a2aa]"},
            {"role": "assistant", "tool_calls": [{"function": {"arguments": arguments}}]},
        ],
        "stream": True,
    }
    await through(model, request)
    [asked] = model.asked
    said, called = asked["messages"]
    assert said["content"] == 'I am Anna "A" Berg, [EMAIL_ADDRESS_a2aa]'
    given_arguments = called["tool_calls"][0]["function"]["arguments"]
    assert json.loads(given_arguments) == {"who": 'Anna "A" Berg'}
    assert asked["stream"] is True
    assert "Anna" not in json.dumps(request)


async def test_an_answer_comes_back_with_placeholders_in_its_order() -> None:
    model = Model(
        Opened(id="1"),
        TextDelta(0, 'Dear Anna "A'),
        RefusalDelta(0, "No, Anna"),
        TextDelta(1, "Berg"),
        ToolDelta(0, 0, id="c", name="find", arguments='{"who": "An'),
        TextDelta(0, '" Berg!'),
        ToolDelta(0, 0, arguments='na"}'),
        Finished(0, "stop"),
        UsageReport({"total_tokens": 1}),
    )
    events = await through(model, {})
    assert events == [
        Opened(id="1"),
        TextDelta(0, "Dear [PERSON_k7q2]!"),
        RefusalDelta(0, "No, [PERSON_k7q2]"),
        ToolDelta(0, 0, "c", "find", '{"who": "[PERSON_k7q2]"}'),
        Finished(0, "stop"),
        UsageReport({"total_tokens": 1}),
        TextDelta(1, "[PERSON_k7q2]"),
    ]


async def test_closing_closes_the_call_and_the_client() -> None:
    model = Model(*[TextDelta(0, "x" * 500)] * 3)
    client = UNVEIL(model, VAULT)
    stream: Any = client.stream("m", {}, timeout_s=9)
    async with aclosing(stream):
        await anext(stream)
        assert model.left_open == 1
    assert model.left_open == 0
    await client.close()
    assert model.closed


@given(
    st.lists(st.sampled_from(['Anna "A" Berg', "Anna", " ", "é", ". ", "anna@shop.example"])),
    st.integers(1, 9),
)
async def test_however_it_is_cut_no_name_comes_back(said: list[str], size: int) -> None:
    text = " ".join(said)
    pieces = [TextDelta(0, text[i : i + size]) for i in range(0, len(text), size)]
    events = await through(Model(*pieces, Finished(0, "stop")), {})
    out = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert "Anna" not in out
    assert out == Veil({"[PERSON_k7q2]": 'Anna "A" Berg'})(text)
