from collections.abc import Sequence
from typing import Any

import pytest

from policies.calibration import IDENTITY, Calibration
from policies.errors import ConfigError
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.policy import Policy
from policies.text import Redacted
from policies.turn import Turn
from proxy.calibrate.answers import DEFAULTS, Judged, judge_all, reader
from proxy.evals.grounding import Judge
from proxy.evals.rows import Row
from validators.base import Scope
from validators.run import Check


class ByWords:
    """Claims that say `maybe` score low; `hello` claims nothing; `odd` can't be read."""

    name = "words"
    scope = Scope.SENTENCE
    sends_text_out = False

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        del turn
        if "break" in text:
            raise RuntimeError
        if "hello" in text:
            return ()
        if "odd" in text:
            return [Finding(self.name, Reason.CHECK_FAILED, Severity.FAIL)]
        low = "maybe" in text
        verdict = ClaimVerdict.NOT_FOUND if low else ClaimVerdict.SUPPORTED
        claim = Claim(text, (0, len(text)), verdict, 0.2 if low else 0.9)
        if low:
            return [Finding(self.name, Reason.NOT_IN_KB, Severity.FAIL, claim=claim)]
        return [Finding(self.name, None, Severity.INFO, claim=claim)]


class NoPages:
    revision = ""

    def search(self, query: str, **options: Any) -> Sequence[Any]:
        del query, options
        return ()

    def pages(self, source_ids: Sequence[str]) -> Sequence[Any]:
        del source_ids
        return ()


@pytest.fixture
def judge(policy: Policy) -> Judge:
    checks = (Check(ByWords()),)
    return Judge(policy, NoPages(), given=checks, retrieving=checks)


def line(number: int = 8, **data: object) -> Row:
    return Row("f", number, {"answer": "It is free.", "label": "supported", **data})


def test_a_line_may_name_its_intent_and_group() -> None:
    read = reader(["refund"])
    named = read(line(intent="refund", group="Shop A", context=["x"]))
    assert (named.intent, named.group) == ("refund", "Shop A")
    assert read(line()).intent == DEFAULTS
    assert reader(["refund"], "refund")(line()).intent == "refund"


def test_answers_on_the_same_evidence_are_of_one_group() -> None:
    read = reader([])
    assert read(line(1, context=["x", "y"])).group == read(line(2, context=["x"])).group
    assert read(line(1, doc_ids=["x"])).group != read(line(1, context=["x"])).group
    assert read(line(1)).group != read(line(2)).group


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"intent": "refnud"}, "f:8: intent: is no intent of the policy; name one of its"),
        ({"intent": 3}, "f:8: intent: is required: a string"),
        ({"group": 3}, "f:8: group: is required: a string"),
        ({"label": "good"}, "f:8: label: must be one of supported, unsupported"),
    ],
)
def test_a_bad_line_is_named(data: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        reader(["refund"])(line(**data))
    assert told in str(raised.value)


async def test_answers_are_reduced_to_scores(judge: Judge) -> None:
    texts = ["It is free. It maybe lasts.", "hello", "It is odd.", "It is free. We break it."]
    read = reader([])
    low, nothing, unclear, broken = await judge_all(
        [read(line(answer=text, context=[])) for text in texts], judge
    )
    assert (low.scores, low.objected, low.fits) == ((0.9, 0.2), True, True)
    assert (nothing.scores, nothing.objected, nothing.fits) == ((), False, False)
    assert (unclear.objected, unclear.unclear, unclear.fits) == (True, True, False)
    assert (broken.unclear, broken.errors) == (True, ("RuntimeError",))


def test_confidence_is_that_of_a_turn() -> None:
    shifted = Calibration("x", shift=1.0, intents={"refund": 1.0})
    answer = Judged(True, (0.9, 0.5), "refund", "g", objected=False)
    assert answer.confidence(IDENTITY) == 0.5
    assert answer.confidence(shifted) == shifted.probability([0.9, 0.5], "refund")
    assert Judged(True, (), "refund", "g", objected=False).confidence(shifted) == 1.0
