import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calibration import IDENTITY, Calibration
from policies.confidence import claim_scores, confidence, support, verdict
from policies.findings import CheckRun, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.turn import Classification

scores = st.floats(0, 1)
verdicts = st.sampled_from(ClaimVerdict)


def test_without_a_checkable_claim_there_is_no_confidence(make: Any) -> None:
    assert confidence(make.turn()) is None
    small_talk = make.claim(0.1, ClaimVerdict.NOT_CHECKABLE)
    assert confidence(make.turn(findings=(small_talk,))) is None


def test_the_weakest_claim_decides(make: Any) -> None:
    found = (make.claim(0.9), make.claim(0.4), make.claim(0.0, ClaimVerdict.NOT_CHECKABLE))
    assert confidence(make.turn(findings=found)) == 0.4
    assert claim_scores(make.turn(findings=found)) == [0.9, 0.4]


def test_the_policys_calibration_counts(make: Any) -> None:
    timid = Calibration("timid", shift=-1.0, intents={"refund": -1.0})
    policy, findings = make.policy(calibration=timid), (make.claim(0.9),)
    turn = make.turn(policy=policy, findings=findings)
    assert confidence(turn) == timid.probability([0.9]) < 0.9
    seen = turn.but(classification=Classification("refund", 0.9))
    assert confidence(seen) == timid.probability([0.9], "refund") < timid.probability([0.9])
    assert confidence(seen, make.policy()) == 0.9


@given(
    before=st.lists(st.tuples(scores, verdicts)),
    more=st.tuples(scores, verdicts),
    calibration=st.builds(
        Calibration,
        label=st.just("any"),
        for_support=st.floats(0, 5),
        against=st.floats(0, 5),
        shift=st.floats(-5, 5),
        second=st.floats(0, 5),
        count=st.floats(0, 5),
    )
    | st.just(IDENTITY),
)
def test_a_further_claim_never_raises_confidence(
    make: Any,
    before: list[tuple[float, ClaimVerdict]],
    more: tuple[float, ClaimVerdict],
    calibration: Calibration,
) -> None:
    policy = make.policy(calibration=calibration)
    turn = make.turn(policy=policy, findings=tuple(make.claim(*one) for one in before))
    first, second = confidence(turn), confidence(turn.adding(make.claim(*more)))
    assert first is None or (second is not None and second <= first)


@given(st.floats())
def test_support_is_a_probability_whatever_a_check_reports(make: Any, score: float) -> None:
    claim = make.claim(score).claim
    assert claim is not None
    assert 0.0 <= support(claim) <= 1.0
    if 0.0 <= score <= 1.0:
        assert support(claim) == score


@pytest.mark.parametrize("place", [0, 1])
def test_a_score_that_is_no_number_supports_nothing(make: Any, place: int) -> None:
    found = [make.claim(0.9)]
    found.insert(place, make.claim(math.nan))
    assert confidence(make.turn(findings=tuple(found))) == 0.0


S, C, N, X = (
    ClaimVerdict.SUPPORTED,
    ClaimVerdict.CONTRADICTED,
    ClaimVerdict.NOT_FOUND,
    ClaimVerdict.NOT_CHECKABLE,
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], "not_checked"),
        ([X, X], "not_checked"),
        ([S], "grounded"),
        ([S, X], "grounded"),
        ([S, N], "partly_grounded"),
        ([S, C, X], "partly_grounded"),
        ([N], "ungrounded"),
        ([C, N, X], "ungrounded"),
    ],
)
def test_verdict_sums_up_the_claims(make: Any, found: list[ClaimVerdict], expected: str) -> None:
    assert verdict(make.turn(findings=tuple(make.claim(0.5, v) for v in found))) == expected


@pytest.mark.parametrize(("shadow", "expected"), [(False, "error"), (True, "grounded")])
def test_a_check_that_broke_is_never_grounded_unless_it_only_watched(
    make: Any, shadow: bool, expected: str
) -> None:
    run = CheckRun("a", "sentence", Outcome.ERROR, 1.0, error_type="KeyError", shadow=shadow)
    assert verdict(make.turn(findings=(make.claim(0.9),), checks=(run,))) == expected


@pytest.mark.parametrize("severity", [Severity.FAIL, Severity.INFO])
def test_what_could_not_be_read_leaves_the_whole_answer_unchecked(
    make: Any, severity: Severity
) -> None:
    unread = Finding("grounding", Reason.CHECK_FAILED, severity, "it is not in English")
    turn = make.turn(findings=(make.claim(0.9), unread))
    assert verdict(turn) == ("not_checked" if severity is Severity.FAIL else "grounded")
