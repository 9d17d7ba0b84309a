from collections.abc import Callable

from policies.decision import HandOff
from policies.findings import Finding, Reason, Severity
from policies.turn import HandoffRef, Turn
from proxy.cli.verdict import verdict_lines

MakeTurn = Callable[..., Turn]


def lines(turn: Turn) -> list[str]:
    return [line.plain for line in verdict_lines(turn)]


def test_every_sentence_has_its_verdict_quote_title_and_reason(make_turn: MakeTurn) -> None:
    shown = lines(make_turn(decision=HandOff(Reason.CONTRADICTS_KB, ("grounding: contradicts",))))
    assert "action      escalate" in shown
    assert "confidence  0.10" in shown
    assert "intent      returns (0.80)" in shown
    assert "reason      contradicts_kb" in shown
    assert "because     grounding: contradicts" in shown
    assert "supported      Returns are free." in shown
    assert "contradicted   They take a year." in shown
    below = shown[shown.index("contradicted   They take a year.") :]
    assert below[2].strip() == "the page says [b]otherwise[/b]"
    assert below[3].strip() == 'Returns and refunds: "Returns are free of charge."'


def test_a_sentence_without_claims_is_not_checkable(make_turn: MakeTurn) -> None:
    assert "not checkable  Returns are free." in lines(make_turn(findings=()))


def test_a_check_that_broke_is_told_at_its_sentence(make_turn: MakeTurn) -> None:
    broken = Finding(
        "judge", Reason.CHECK_FAILED, Severity.FAIL, "could not be completed", sentence=0
    )
    shown = lines(make_turn(findings=(broken,)))
    assert shown[shown.index("not checkable  Returns are free.") + 1].strip() == (
        "judge: could not be completed"
    )


def test_what_else_is_known_is_told(make_turn: MakeTurn) -> None:
    shown = lines(
        make_turn(
            answers=(),
            findings=(),
            confidence=None,
            entities={"PERSON": 2},
            handoff=HandoffRef("h1", "created", "billing"),
        )
    )
    assert "redacted    2 PERSON" in shown
    assert "handoff     would go to queue billing" in shown
    assert "confidence  none: nothing checkable was said" in shown
    assert not any("sentence by sentence" in line for line in shown)


def test_verdicts_are_coloured_apart(make_turn: MakeTurn) -> None:
    styles = {
        line.plain[:10].strip(): str(line.spans[0].style)
        for line in verdict_lines(make_turn())
        if line.plain.startswith(("supported", "contradict"))
    }
    assert styles == {"supported": "green", "contradict": "red"}
