from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import ClaimVerdict, Reason
from policies.knowledge import Passage
from validators.grounding.adapters.opinion import TYPED, Opinion, doubt, moved, objects, weighed
from validators.grounding.judge import Judgement, Settings, judge
from validators.grounding.rules import load

RULES = load()
PAGE = Passage(
    "r",
    "r",
    "Returns",
    "Unused items can be returned within 30 days of delivery. Sale items can't be returned."
    " The Oak table is delivered in 5 days. The Pine table is delivered in 9 days.",
)
PROBABILITY = st.floats(0.001, 0.999)


def judged(text: str) -> Judgement:
    """Judge so strictly that every claim fails: the reason counts here, not the weights."""
    strict = Settings(threshold=1.1)
    return judge(text, "Can I send it back?", [PAGE], rules=RULES, settings=strict)[0]


SAID = judged("Unused items can be returned within 30 days.")


def doubtful(score: float, **changes: object) -> Judgement:
    fails = score < 0.65
    return replace(
        SAID,
        score=score,
        kind=Reason.NOT_IN_KB if fails else None,
        verdict=ClaimVerdict.NOT_FOUND if fails else ClaimVerdict.SUPPORTED,
        reason="No page says this." if fails else "",
        **changes,  # type: ignore[arg-type]
    )


def after(before: Judgement, opinion: Opinion) -> Judgement:
    return moved(before, opinion, accuracy=0.9, threshold=0.65, judge="The judge")


@given(PROBABILITY, st.floats(0.51, 0.99))
def test_support_raises_and_doubt_lowers(score: float, accuracy: float) -> None:
    assert weighed(score, supported=True, accuracy=accuracy) > score
    assert weighed(score, supported=False, accuracy=accuracy) < score


def test_even_odds_become_the_accuracy() -> None:
    assert weighed(0.5, supported=True, accuracy=0.9) == pytest.approx(0.9)
    assert weighed(0.5, supported=False, accuracy=0.9) == pytest.approx(0.1)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_certainty_stays_a_probability(score: float) -> None:
    assert 0 <= weighed(score, supported=True, accuracy=0.99) <= 1
    assert 0 <= weighed(score, supported=False, accuracy=0.99) <= 1


@pytest.mark.parametrize(("score", "wrong"), [(0.69, 0.69), (0.7, 0.3), (0.0, 0.0), (1.0, 0.0)])
def test_doubt_is_the_probability_of_a_wrong_decision(score: float, wrong: float) -> None:
    assert doubt(score, 0.7) == pytest.approx(wrong)


def test_support_lifts_a_doubtful_claim() -> None:
    found = after(doubtful(0.5), Opinion.SUPPORTED)
    assert (found.verdict, found.kind, found.aspect) == (ClaimVerdict.SUPPORTED, None, "")
    assert found.score == pytest.approx(0.9)
    assert found.reason.startswith("The judge finds this")


@pytest.mark.parametrize(
    ("opinion", "verdict", "kind"),
    [
        (Opinion.CONTRADICTED, ClaimVerdict.CONTRADICTED, Reason.CONTRADICTS_KB),
        (Opinion.NOT_FOUND, ClaimVerdict.NOT_FOUND, Reason.NOT_IN_KB),
    ],
)
def test_doubt_sinks_a_claim_that_had_passed(
    opinion: Opinion, verdict: ClaimVerdict, kind: Reason
) -> None:
    found = after(doubtful(0.7), opinion)
    assert (found.verdict, found.kind, found.aspect) == (verdict, kind, "judgement")
    assert found.score < 0.65


def test_a_claim_that_fails_anyway_keeps_the_rules_reason() -> None:
    found = after(doubtful(0.5), Opinion.CONTRADICTED)
    assert (found.kind, found.reason) == (Reason.NOT_IN_KB, "No page says this.")
    assert found.score < 0.5


def test_a_claim_that_passes_anyway_only_gets_another_score() -> None:
    found = after(doubtful(0.8), Opinion.SUPPORTED)
    assert (found.kind, found.verdict) == (None, ClaimVerdict.SUPPORTED)
    assert found.score > 0.8


def test_a_plain_claim_meets_no_objection() -> None:
    assert not objects(doubtful(0.5))


@pytest.mark.parametrize(
    "text",
    [
        "Unused items can be returned within 60 days.",
        "Unused items can be returned within 30 weeks.",
        "I have refunded your order.",
        "We will refund you today.",
        "You will definitely be refunded.",
        "You can return unused items for any of the",
        "Sale items can be returned.",
    ],
)
def test_no_opinion_excuses_what_a_typed_comparison_found(text: str) -> None:
    found = judged(text)
    assert found.kind is not None
    assert objects(found)
    for score in (0.36, 0.6, 0.64):
        before = replace(found, score=score)
        assert after(before, Opinion.SUPPORTED) == before


@given(PROBABILITY, st.sampled_from(TYPED), st.floats(0.01, 1))
def test_a_typed_difference_is_never_lifted(score: float, name: str, value: float) -> None:
    assert SAID.comparison is not None
    features = {**SAID.comparison.features, name: value}
    before = doubtful(score, comparison=replace(SAID.comparison, features=features))
    assert objects(before)
    assert after(before, Opinion.SUPPORTED) == before
    assert after(before, Opinion.NOT_FOUND).score < score


def test_the_features_that_object_exist() -> None:
    assert SAID.comparison is not None
    assert set(TYPED) <= SAID.comparison.features.keys()
