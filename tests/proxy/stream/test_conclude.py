from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.findings import Reason
from policies.text import Redacted
from policies.turn import Answer, Sentence, ToolCall, Turn
from proxy.stream.conclude import conclude, finish_reason
from proxy.stream.events import Call, Event, Refusal, Text
from validators.pii.restore import restore, restore_json

VAULT = {"[PERSON_k7q2]": 'Anna "A" Berg'}
HANDED = HandOff(Reason.NOT_IN_KB)


def answer(*texts: str, released: int = 0, choice: int = 0, **more: Any) -> Answer:
    sentences, start = [], 0
    for n, text in enumerate(texts):
        sentences.append(Sentence(Redacted(text), start, released=n < released))
        start += len(text)
    return Answer(choice, tuple(sentences), **{"finish_reason": "stop", **more})


def concluded(turn: Turn) -> tuple[Turn, list[Event]]:
    return conclude(turn, restore, restore_json)


def test_what_waited_leaves_restored_and_in_order(make_turn: Any) -> None:
    turn = make_turn(
        answers=(answer("One. ", "[PERSON_k7q2]. ", "Three."),), decision=Deliver(), vault=VAULT
    )
    done, events = concluded(turn)
    assert [event.text for event in events] == ["One. ", 'Anna "A" Berg. ', "Three."]  # type: ignore[union-attr]
    assert done.answers[0].released == "One. [PERSON_k7q2]. Three."


def test_what_has_left_does_not_leave_again(make_turn: Any) -> None:
    turn = make_turn(answers=(answer("One. ", "Two.", released=1),), decision=Deliver())
    assert concluded(turn)[1] == [Text(0, "Two.")]


@pytest.mark.parametrize("shadow", [False, True])
def test_dropped_sentences_stay(make_turn: Any, shadow: bool) -> None:
    decision = Rewrite(Reason.NOT_IN_KB, frozenset({(0, 1)}))
    turn = make_turn(answers=(answer("One. ", "Two."),), decision=decision, shadow=shadow)
    done, events = concluded(turn)
    expected = [Text(0, "One. "), Text(0, "Two.")] if shadow else [Text(0, "One. ")]
    assert events == expected
    assert done.answers[0].released == "".join(event.text for event in expected)


def test_calls_and_refusals_leave_with_an_answer(make_turn: Any) -> None:
    call = ToolCall("c", "find", Redacted('{"who": "[PERSON_k7q2]"}'))
    said = answer(tool_calls=(call,), refusal=Redacted("Not to [PERSON_k7q2]."))
    _, events = concluded(make_turn(answers=(said,), decision=Deliver(), vault=VAULT))
    assert events == [
        Refusal(0, 'Not to Anna "A" Berg.'),
        Call(0, 0, call, '{"who": "Anna \\"A\\" Berg"}'),
    ]


@pytest.mark.parametrize("decision", [HANDED, Refuse(Reason.PROMPT_ATTACK)])
@pytest.mark.parametrize(
    ("said", "gap"),
    [(answer("A. "), ""), (answer("A. ", released=1), "\n\n"), (answer("A.\n\n", released=1), "")],
)
def test_the_notice_takes_the_place_of_the_rest(
    make_turn: Any, decision: Any, said: Answer, gap: str
) -> None:
    turn = make_turn(answers=(said,), decision=decision, notice=Redacted("A colleague comes."))
    done, events = concluded(turn)
    assert events == [Text(0, f"{gap}A colleague comes.")]
    assert done.answers == turn.answers


def test_no_call_leaves_with_a_notice(make_turn: Any) -> None:
    said = answer(tool_calls=(ToolCall("c", "pay", Redacted("{}")),), refusal=Redacted("No."))
    _, events = concluded(make_turn(answers=(said,), decision=HANDED, notice=Redacted("N")))
    assert events == [Text(0, "N")]


@pytest.mark.parametrize("structured", [False, True])
def test_every_choice_is_told(make_turn: Any, structured: bool) -> None:
    kind = Refusal if structured else Text
    both = {"decision": HANDED, "notice": Redacted("N"), "structured": structured, "choices": 2}
    known = make_turn(answers=(answer(), answer(choice=1)), **both)
    unknown = make_turn(**both)
    assert concluded(known)[1] == concluded(unknown)[1] == [kind(0, "N"), kind(1, "N")]


@pytest.mark.parametrize(
    ("decision", "shadow", "upstream", "expected"),
    [
        (Deliver(), False, "stop", "stop"),
        (Deliver(), False, "length", "length"),
        (Deliver(), False, "tool_calls", "tool_calls"),
        (Deliver(), False, "content_filter", "stop"),
        (Deliver(), False, "function_call", "function_call"),
        (Deliver(), False, "you are owed 500", "stop"),
        (Deliver(), False, None, "stop"),
        (Rewrite(Reason.NOT_IN_KB), False, "length", "length"),
        (HANDED, False, "tool_calls", "stop"),
        (HANDED, True, "tool_calls", "tool_calls"),
        (Refuse(Reason.PROMPT_ATTACK), False, "length", "stop"),
        (None, False, "length", "length"),
    ],
)
def test_why_a_choice_ended(
    make_turn: Any, decision: Any, shadow: bool, upstream: str | None, expected: str
) -> None:
    said = answer("x", finish_reason=upstream)
    turn = make_turn(answers=(said,), decision=decision, shadow=shadow)
    assert finish_reason(turn, 0) == expected
    assert finish_reason(turn, 5) == "stop"
