from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies.decision import HandOff, Refuse
from policies.findings import Reason
from policies.messages import Message
from policies.policy import Action, Risk
from policies.turn import Classification, Turn
from proxy.stages.classify import Classify
from validators.base import Scope
from validators.run import Check


class Says:
    """A classifier of one answer."""

    def __init__(self, intent: str, **more: Any) -> None:
        self._seen = Classification(intent, 0.9, **more)

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        assert conversation
        return self._seen


class Breaks:
    async def classify(self, conversation: Sequence[Message]) -> Classification:
        raise ValueError(conversation[0].text)


async def test_what_is_automatic_goes_on(make_turn: Any) -> None:
    turn = await Classify(Says("returns"))(make_turn(classification=None))
    assert (turn.intent, turn.decision) == ("returns", None)


@pytest.mark.parametrize("draft", [True, False])
async def test_a_person_s_answer_may_be_drafted(make_turn: Any, draft: bool) -> None:
    turn = await Classify(Says("dispute"), draft=draft)(make_turn(classification=None))
    assert (turn.decision is None) == draft


@pytest.mark.parametrize(
    "seen",
    [
        Says("fraud"),
        Says("returns", risks={Risk.SELF_HARM: 0.9}),
        Says("dispute", risks={Risk.SELF_HARM: 0.9}),
    ],
)
@pytest.mark.parametrize("draft", [True, False])
async def test_the_immediate_ends_here(make_turn: Any, seen: Says, draft: bool) -> None:
    turn = await Classify(seen, draft=draft)(make_turn(classification=None))
    assert isinstance(turn.decision, HandOff)


async def test_shadow_mode_goes_on_whatever_it_is(make_turn: Any) -> None:
    for classifier in (Says("fraud"), Breaks()):
        turn = await Classify(classifier)(make_turn(classification=None, shadow=True))
        assert turn.decision is None


async def test_a_utility_call_is_not_read(make_turn: Any) -> None:
    turn = await Classify(Breaks())(make_turn(classification=None, profile="utility"))
    assert turn.classification is None
    assert turn.findings == ()


async def test_a_classifier_that_breaks_hands_off_and_quotes_nothing(
    make_turn: Any, caplog: pytest.LogCaptureFixture
) -> None:
    turn = await Classify(Breaks())(make_turn("returns: secret", classification=None))
    assert isinstance(turn.decision, HandOff)
    assert turn.decision.reason is Reason.CHECK_FAILED
    assert "secret" not in caplog.text + repr(turn.findings)


async def test_question_checks_see_the_question(make_turn: Any, kit: Any) -> None:
    check = kit.FakeCheck(Scope.QUESTION)
    checks = [Check(check), Check(kit.FakeCheck(Scope.SENTENCE, "later"))]
    turn = await Classify(Says("returns"), checks)(make_turn("It is WRONG", classification=None))
    assert check.seen == ["It is WRONG"]
    assert [run.name for run in turn.checks] == ["grounding"]
    policy = replace(turn.policy, actions={Reason.NOT_IN_KB: Action.BLOCK})
    blocked = await Classify(Says("returns"), checks)(make_turn("It is WRONG", policy=policy))
    assert isinstance(blocked.decision, Refuse)


@pytest.mark.parametrize(
    ("language", "locale", "called"),
    [("de", "en", False), ("en", "de", True), (None, "pl-PL", False), (None, None, True)],
)
async def test_no_model_drafts_in_a_language_that_nothing_checks(
    make_turn: Any, language: str | None, locale: str | None, called: bool
) -> None:
    policy = replace(make_turn().policy, languages=("en",))
    stage = Classify(Says("returns", language=language), draft=True)
    turn = await stage(make_turn(classification=None, policy=policy, locale=locale))
    assert (turn.decision is None) == called
    if not called:
        assert isinstance(turn.decision, HandOff)
        assert turn.decision.reason is Reason.HUMAN_ONLY_INTENT


async def test_circumstances_come_before_the_decision(make_turn: Any) -> None:
    async def tight(turn: Turn) -> Turn:
        assert turn.intent == "returns"
        return turn.but(tightened=frozenset({"returns"}))

    turn = await Classify(Says("returns"), draft=False, around=tight)(
        make_turn(classification=None)
    )
    assert isinstance(turn.decision, HandOff)
    drafted = await Classify(Says("returns"), around=tight)(make_turn(classification=None))
    assert drafted.decision is None
    assert drafted.tightened == {"returns"}
