from collections.abc import AsyncIterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.models.base import (
    NOT_FOUND,
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.stream.events import Text
from proxy.stream.utility import Passthrough
from validators.pii.restore import StreamRestorer, restore

VAULT = {"[PERSON_k7q2]": "Anna Berg", "[PERSON_a2b3]": "Bo Ek"}


async def play(*events: ModelEvent) -> AsyncIterator[ModelEvent]:
    for event in events:
        yield event


async def through(turn: Any, *events: ModelEvent) -> tuple[Any, list[Any]]:
    gate = Passthrough(turn, StreamRestorer)
    return gate, [event async for event in gate.run(play(*events))]


async def test_text_leaves_as_it_arrives(make_turn: Any) -> None:
    _, events = await through(make_turn(), TextDelta(0, "A ti"), TextDelta(0, "tle"))
    assert events == [Text(0, "A ti"), Text(0, "tle")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.sampled_from([*VAULT, "PERSON_k7q2", " ", "[", "[PERSON_", "x.", "]"])),
    size=st.integers(1, 6),
)
async def test_however_it_is_cut_the_right_values_come_back(
    make_turn: Any, parts: list[str], size: int
) -> None:
    text = "".join(parts)
    deltas = [TextDelta(0, text[i : i + size]) for i in range(0, len(text), size)]
    _, events = await through(make_turn(vault=VAULT), *deltas, Finished(0, "stop"))
    assert "".join(event.text for event in events) == restore(text, VAULT)


async def test_choices_do_not_share_what_is_held_back(make_turn: Any) -> None:
    events = [
        TextDelta(0, "[PERSON_k"),
        TextDelta(1, "[PERSON_a"),
        TextDelta(0, "7q2]"),
        TextDelta(1, "2b3]"),
    ]
    _, out = await through(make_turn(vault=VAULT, choices=2), *events)
    said = {n: "".join(e.text for e in out if e.choice == n) for n in (0, 1)}
    assert said == {0: "Anna Berg", 1: "Bo Ek"}


async def test_the_rest_is_left_in_the_turn_without_the_text(make_turn: Any) -> None:
    gate, events = await through(
        make_turn(choices=2),
        Opened(model="small-1"),
        TextDelta(0, "A title"),
        RefusalDelta(1, "No."),
        ToolDelta(0, 0, id="a", name="find", arguments="{}"),
        Finished(0, "tool_calls"),
        Finished(1, "stop"),
        UsageReport({"total_tokens": 3, "note": "text"}),
    )
    assert events == [Text(0, "A title")]
    first, second = gate.turn.answers
    assert (first.finish_reason, first.tool_calls[0].name) == ("tool_calls", "find")
    assert (second.refusal, second.finish_reason) == ("No.", "stop")
    assert first.text == ""  # a bot's own text is kept nowhere
    assert gate.turn.served.upstream_model == "small-1"
    assert gate.turn.served.usage == {"total_tokens": 3}


async def test_choices_that_nobody_asked_for_are_ignored(make_turn: Any) -> None:
    gate, events = await through(
        make_turn(),
        TextDelta(1, "Psst."),
        RefusalDelta(1, "No."),
        ToolDelta(-1, 0, name="find"),
        Finished(1, "stop"),
        Finished(0, NOT_FOUND),
    )
    assert events == []
    assert [(a.choice, a.finish_reason) for a in gate.turn.answers] == [(0, "stop")]
