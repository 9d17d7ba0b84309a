"""The gate on its own: what it lets through, checks, and leaves in the turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.decision import Deliver, HandOff, Rewrite
from policies.findings import Finding, Reason, Severity
from policies.policy import Release
from policies.sentences import split
from policies.text import Redacted
from policies.turn import Turn
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
from proxy.stream.gate import Gate, dropped
from proxy.stream.screen import MAX_CHARACTERS, MAX_SENTENCES
from validators.base import Scope
from validators.pii.restore import restore
from validators.run import Check, run_checks

OFFER = {
    "tools": [{"function": {"name": "first"}}, {"custom": {"name": "second"}}],
    "functions": [{"name": "third"}],
}


@dataclass
class Source:
    """A model's stream that knows whether it was closed."""

    events: Sequence[ModelEvent]
    given: int = 0
    closed: bool = False

    async def read(self) -> AsyncIterator[ModelEvent]:
        try:
            for event in self.events:
                self.given += 1
                yield event
        finally:
            self.closed = True


@dataclass
class Passed:
    """What came out of a gate."""

    turn: Turn
    source: Source
    events: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events)


async def through(
    turn: Turn, checks: Sequence[Check], *events: ModelEvent, release: Release = Release.SENTENCE
) -> Passed:
    source = Source(events)
    gate = Gate(turn, checks, run_checks, restore, release)
    out = [event async for event in gate.run(source.read())]
    return Passed(gate.turn, source, out)


def pieces(text: str, size: int = 5, choice: int = 0) -> list[ModelEvent]:
    return [TextDelta(choice, text[i : i + size]) for i in range(0, len(text), size)]


@pytest.fixture
def checks(kit: Any) -> list[Check]:
    return [Check(kit.FakeCheck())]


async def test_each_sentence_leaves_by_itself(make_turn: Any, checks: list[Check]) -> None:
    done = await through(make_turn(), checks, *pieces("One. Two is next. "), Finished(0, "stop"))
    assert done.events == [Text(0, "One. "), Text(0, "Two is next. ")]
    [answer] = done.turn.answers
    assert (answer.text, answer.released, answer.finish_reason) == (
        "One. Two is next. ",
        "One. Two is next. ",
        "stop",
    )
    assert [(s.start, s.checkable) for s in answer.sentences] == [(0, True), (5, True)]
    assert done.source.closed


async def test_a_failed_sentence_ends_the_answer_and_the_upstream_call(
    make_turn: Any, checks: list[Check]
) -> None:
    events = [
        TextDelta(0, "One is good. "),
        TextDelta(0, "Two is WRONG. Three "),
        *pieces("x" * 99),
    ]
    done = await through(make_turn(), checks, *events)
    assert done.text == "One is good. "
    assert done.source.closed
    assert done.source.given == 2
    assert done.turn.answers[0].finish_reason is None


async def test_offsets_are_those_of_the_whole_answer(make_turn: Any, checks: list[Check]) -> None:
    text = "One is good. Two is good. GREETING. Four is WRONG."
    turn = make_turn(intent="trimming")
    done = await through(turn, checks, *pieces(text), Finished(0, "stop"))
    for finding in done.turn.findings:
        assert finding.claim is not None
        start, end = finding.claim.span
        assert text[start:end] == finding.claim.text
        assert finding.span == (start, end)
    assert [f.sentence for f in done.turn.findings] == [0, 1, 3]
    assert [s.checkable for s in done.turn.answers[0].sentences] == [True, True, False, True]
    assert [s.released for s in done.turn.answers[0].sentences] == [True, True, True, False]


sentences = st.lists(
    st.sampled_from(["Good. ", "WRONG here. ", "GREETING! ", "- item\n", "1. step\n", "Hm… "]),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=sentences, size=st.integers(1, 9), intent=st.sampled_from(["returns", "trimming"]))
async def test_the_cut_of_the_stream_changes_nothing(
    make_turn: Any, checks: list[Check], parts: list[str], size: int, intent: str
) -> None:
    text = "".join(parts)
    whole = await through(make_turn(intent=intent), checks, *pieces(text, 999), Finished(0, "stop"))
    cut = await through(make_turn(intent=intent), checks, *pieces(text, size), Finished(0, "stop"))
    assert cut.events == whole.events
    assert cut.turn.findings == whole.turn.findings
    good = [s for s in split(text) if "WRONG" not in s]
    if intent == "trimming":
        assert cut.text == "".join(good)
    else:
        assert text.startswith(cut.text)
        assert "WRONG" not in cut.text


async def test_nothing_leaves_early_where_the_default_is_the_answer(
    make_turn: Any, checks: list[Check]
) -> None:
    events = [*pieces("One. Two."), Finished(0, "stop")]
    done = await through(make_turn(), checks, *events, release=Release.ANSWER)
    assert done.events == []
    assert (done.turn.answers[0].text, done.turn.answers[0].released) == ("One. Two.", "")


@pytest.mark.parametrize(
    "changes", [{"intent": "whole"}, {"intent": "dispute"}, {"structured": True}, {"choices": 2}]
)
async def test_some_turns_wait_for_the_verdict(
    make_turn: Any, checks: list[Check], changes: dict[str, Any]
) -> None:
    done = await through(make_turn(**changes), checks, *pieces("One. Two."), Finished(0, "stop"))
    assert done.events == []
    assert len(done.turn.checks) == 2


@pytest.mark.parametrize("shadow", [False, True])
async def test_only_an_enforced_answer_check_holds_the_answer_back(
    make_turn: Any, kit: Any, shadow: bool
) -> None:
    check = kit.FakeCheck(Scope.ANSWER)
    both = [Check(check, shadow=shadow)]
    done = await through(make_turn(), both, *pieces("One. Two."), Finished(0, "stop"))
    assert done.text == ("One. Two." if shadow else "")
    assert check.seen == ["One. Two."]


async def test_a_turn_that_is_withheld_anyway_is_read_to_its_end(
    make_turn: Any, checks: list[Check]
) -> None:
    told = Finding("attack", Reason.SENSITIVE_OUTPUT, Severity.FAIL)
    turn = make_turn(findings=(told,))
    done = await through(turn, checks, *pieces("One. Two. Three."), Finished(0, "stop"))
    assert done.events == []
    assert done.turn.answers[0].text == "One. Two. Three."


async def test_shadow_mode_releases_in_order(make_turn: Any, checks: list[Check]) -> None:
    text = "One is good. Two is WRONG. Three is good."
    turn = make_turn(intent="trimming", shadow=True)
    done = await through(turn, checks, *pieces(text), Finished(0, "stop"))
    assert done.text == text
    assert len(done.turn.findings) == 3


async def test_choices_are_kept_apart(make_turn: Any, checks: list[Check]) -> None:
    one, two = pieces("One is good. Yes.", 4), pieces("Two is WRONG. No.", 4, choice=1)
    woven = [event for pair in zip(one, two, strict=True) for event in pair]
    ends = [Finished(1, "stop"), Finished(0, "length")]
    done = await through(make_turn(choices=2), checks, *woven, *ends)
    first, second = done.turn.answers
    assert (first.text, second.text) == ("One is good. Yes.", "Two is WRONG. No.")
    assert (first.finish_reason, second.finish_reason) == ("length", "stop")
    failed = [f for f in done.turn.findings if f.severity is Severity.FAIL]
    assert [(f.choice, f.sentence) for f in failed] == [(1, 0)]


async def test_a_choice_that_nobody_asked_for_is_ignored(
    make_turn: Any, checks: list[Check]
) -> None:
    extra: list[ModelEvent] = [
        TextDelta(1, "Good."),
        RefusalDelta(1, "No."),
        ToolDelta(-1, 0, name="find"),
        Finished(1, "stop"),
    ]
    done = await through(make_turn(), checks, *extra, Finished(0, "stop"))
    assert done.events == []
    assert [(a.choice, a.text, a.refusal) for a in done.turn.answers] == [(0, "", "")]
    assert done.turn.checks == ()


async def test_calls_refusals_usage_and_model_are_kept(make_turn: Any, checks: list[Check]) -> None:
    events: list[ModelEvent] = [
        Opened(model="small-1"),
        ToolDelta(0, 1, id="b", name="second", arguments="{}"),
        ToolDelta(0, 0, id="a", name="first", arguments='{"x"'),
        ToolDelta(0, 0, arguments=":1}"),
        RefusalDelta(0, "I "),
        RefusalDelta(0, "won't."),
        Finished(0, "tool_calls"),
        UsageReport({"total_tokens": 3, "note": "text"}),
    ]
    done = await through(make_turn(request=OFFER), checks, *events)
    [answer] = done.turn.answers
    assert [(c.id, c.name, c.arguments) for c in answer.tool_calls] == [
        ("a", "first", '{"x":1}'),
        ("b", "second", "{}"),
    ]
    assert answer.refusal == "I won't."
    assert done.turn.served.usage == {"total_tokens": 3}
    assert done.turn.served.upstream_model == "small-1"
    assert done.events == []


async def test_values_are_restored_in_what_leaves_and_only_there(
    make_turn: Any, checks: list[Check]
) -> None:
    turn = make_turn(vault={"[PERSON_k7q2]": "Anna Berg"})
    text = "Hello [PERSON_k7q2]. Fine."
    done = await through(turn, checks, *pieces(text, 3), Finished(0, "stop"))
    assert done.text == "Hello Anna Berg. Fine."
    assert done.turn.answers[0].released == text


async def test_closing_the_gate_closes_the_source(make_turn: Any, checks: list[Check]) -> None:
    source = Source(pieces("One. Two. Three. Four. "))
    gate = Gate(make_turn(), checks, run_checks, restore)
    running = gate.run(source.read())
    assert await anext(running) == Text(0, "One. ")
    await running.aclose()  # type: ignore[attr-defined]
    assert source.closed


async def test_checks_of_one_sentence_run_together(make_turn: Any, kit: Any) -> None:
    met = asyncio.Barrier(2)

    class Meeting(kit.FakeCheck):  # type: ignore[misc]
        async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
            await met.wait()
            found: Sequence[Finding] = await super().check(text, turn)
            return found

    two = [Check(Meeting(name="one"), 5000), Check(Meeting(name="two"), 5000)]
    done = await through(make_turn(), two, *pieces("Good."), Finished(0, "stop"))
    assert [run.outcome for run in done.turn.checks] == ["pass", "pass"]


def test_what_a_decision_leaves_out() -> None:
    assert dropped(Rewrite(Reason.NOT_IN_KB, frozenset({(0, 1)}))) == {(0, 1)}
    assert dropped(HandOff(Reason.NOT_IN_KB)) == dropped(Deliver()) == dropped(None) == set()


def failed(done: Passed) -> list[tuple[Reason | None, str]]:
    return [(f.kind, f.reason) for f in done.turn.findings if f.severity is Severity.FAIL]


async def test_a_refusal_is_checked_sentence_by_sentence(
    make_turn: Any, checks: list[Check]
) -> None:
    events = [RefusalDelta(0, "I won't. That is WR"), RefusalDelta(0, "ONG. Never. "), *pieces("x")]
    done = await through(make_turn(), checks, *events, Finished(0, "stop"))
    assert done.events == []
    assert [(f.kind, f.sentence) for f in done.turn.findings] == [
        (None, None),
        (Reason.NOT_IN_KB, None),
    ]
    assert done.turn.answers[0].refusal == "I won't. That is WRONG. "
    assert done.source.closed
    assert done.source.given == 2


@pytest.mark.parametrize("name", ["first", "second", "third"])
async def test_a_tool_that_was_offered_may_be_called(
    make_turn: Any, checks: list[Check], name: str
) -> None:
    events: list[ModelEvent] = [ToolDelta(0, 0, id="a", name=name), Finished(0, "tool_calls")]
    assert failed(await through(make_turn(request=OFFER), checks, *events)) == []


@pytest.mark.parametrize("offer", [{}, OFFER, {"tools": "fourth", "functions": [None, {}]}])
async def test_a_tool_that_was_not_offered_is_a_failed_check(
    make_turn: Any, checks: list[Check], offer: Any
) -> None:
    events: list[ModelEvent] = [ToolDelta(0, 0, id="a", name="fourth"), Finished(0, "tool_calls")]
    done = await through(make_turn(request=offer), checks, *events)
    reason = "the model called a tool that the bot does not offer"
    assert failed(done) == [(Reason.CHECK_FAILED, reason)]


@pytest.mark.parametrize(
    "text", ["word " * (MAX_CHARACTERS // 5) + "more", "Fine. " * (MAX_SENTENCES + 9)]
)
@pytest.mark.parametrize("make", [TextDelta, RefusalDelta])
async def test_an_answer_that_is_too_long_is_not_read_to_its_end(
    make_turn: Any, checks: list[Check], make: Any, text: str
) -> None:
    done = await through(make_turn(choices=2), checks, make(0, text), make(0, "!"))
    assert failed(done) == [(Reason.CHECK_FAILED, "the answer is too long to be checked")]
    assert (done.source.given, done.source.closed) == (1, True)
    assert len(done.turn.checks) <= MAX_SENTENCES


async def test_what_just_fits_is_checked_whole(make_turn: Any, checks: list[Check]) -> None:
    text = ("y" * 99 + " ") * (MAX_CHARACTERS // 100)
    done = await through(make_turn(), checks, TextDelta(0, text), Finished(0, "stop"))
    assert failed(done) == []
    assert done.text == text


async def test_in_shadow_mode_what_is_too_long_goes_on_unchecked(
    make_turn: Any, checks: list[Check]
) -> None:
    text = "Fine. " * (MAX_SENTENCES + 9)
    done = await through(make_turn(shadow=True), checks, *pieces(text, 999), Finished(0, "stop"))
    assert done.text == text
    assert len(failed(done)) == 1
    assert len(done.turn.checks) == MAX_SENTENCES


async def test_an_answer_that_says_there_is_none_fails(make_turn: Any, checks: list[Check]) -> None:
    done = await through(make_turn(), checks, TextDelta(0, "Hm."), Finished(0, NOT_FOUND))
    assert failed(done) == [(Reason.NOT_IN_KB, "the pages say nothing about this")]
    assert done.turn.answers[0].finish_reason == "stop"
