import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.confidence import confidence, support, verdict
from policies.findings import CheckRun, ClaimVerdict, Outcome

scores = st.floats(0, 1)
verdicts = st.sampled_from(ClaimVerdict)


def test_without_a_checkable_claim_there_is_no_confidence(make: Any) -> None:
    assert confidence(make.turn()) is None
    small_talk = make.claim(0.1, ClaimVerdict.NOT_CHECKABLE)
    assert confidence(make.turn(findings=(small_talk,))) is None


def test_the_weakest_claim_decides(make: Any) -> None:
    found = (make.claim(0.9), make.claim(0.4), make.claim(0.0, ClaimVerdict.NOT_CHECKABLE))
    assert confidence(make.turn(findings=found)) == 0.4


@given(before=st.lists(st.tuples(scores, verdicts)), more=st.tuples(scores, verdicts))
def test_a_further_claim_never_raises_confidence(
    make: Any,
    before: list[tuple[float, ClaimVerdict]],
    more: tuple[float, ClaimVerdict],
) -> None:
    turn = make.turn(findings=tuple(make.claim(*one) for one in before))
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
