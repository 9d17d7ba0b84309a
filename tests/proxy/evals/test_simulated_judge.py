import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.evals.metrics import auroc
from proxy.evals.simulated_judge import doubtful, simulate
from validators.grounding.adapters.opinion import doubt

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=60)
SETTING = {"accuracy": 0.95, "share": 0.3, "threshold": 0.7, "seed": 1}


def test_those_most_likely_decided_wrongly_are_asked_about() -> None:
    scores = [0.1, 0.68, 0.95, 0.71, 0.4, 0.3, 0.2, 0.99, 0.0, 1.0]
    assert doubtful(scores, share=0.3, threshold=0.7, seed=0)[:2] == [1, 4]
    assert doubtful([0.69, 0.9, 0.35], share=1, threshold=0.5, seed=0) == [2, 0, 1]


@given(SCORES, st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
def test_never_more_than_the_share_and_none_that_is_farther(
    scores: list[float], share: float, threshold: float, seed: int
) -> None:
    asked = doubtful(scores, share=share, threshold=threshold, seed=seed)
    assert len(set(asked)) == len(asked) <= share * len(scores) + 1e-6
    rest = [doubt(s, threshold) for n, s in enumerate(scores) if n not in asked]
    assert all(doubt(scores[n], threshold) >= less for n in asked for less in rest)


def test_ties_are_broken_by_lot() -> None:
    chosen = {tuple(doubtful([0.5] * 10, share=0.3, threshold=0.5, seed=n)) for n in range(8)}
    assert len(chosen) > 1


@given(SCORES, st.data())
def test_labels_have_no_say_in_who_is_asked(scores: list[float], data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    for asked in (labels, [not label for label in labels]):
        after = simulate(asked, scores, **SETTING)  # type: ignore[arg-type]
        wanted = doubtful(scores, share=0.3, threshold=0.7, seed=1)
        assert all(after[n] == s for n, s in enumerate(scores) if n not in wanted)


@given(SCORES, st.data())
def test_an_opinion_moves_a_score_towards_what_was_said(
    scores: list[float], data: st.DataObject
) -> None:
    labels = data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    after = simulate(labels, scores, **{**SETTING, "share": 1.0, "accuracy": 0.999999})  # type: ignore[arg-type]
    for label, before, now in zip(labels, scores, after, strict=True):
        assert 0 <= now <= 1
        assert (now >= min(before, 0.9999)) if label else (now <= max(before, 0.0001))


def test_it_errs_as_often_as_it_says() -> None:
    n = 4000
    after = simulate([True] * n, [0.5] * n, **{**SETTING, "share": 1.0, "accuracy": 0.8})  # type: ignore[arg-type]
    assert sum(s < 0.5 for s in after) / n == pytest.approx(0.2, abs=0.03)


def test_a_good_judge_helps_a_poor_score() -> None:
    lot = random.Random(0)  # noqa: S311 - a test
    scores = [lot.random() for _ in range(600)]
    labels = [lot.random() < score for score in scores]
    before = auroc(scores, labels)
    after = auroc(simulate(labels, scores, **{**SETTING, "threshold": 0.5}), labels)  # type: ignore[arg-type]
    assert before is not None
    assert after is not None
    assert after > before + 0.05


def test_equal_seeds_give_equal_scores() -> None:
    labels, scores = [True, False] * 20, [n / 40 for n in range(40)]
    assert simulate(labels, scores, **SETTING) == simulate(labels, scores, **SETTING)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "named"),
    [({"accuracy": 0.5}, "accuracy"), ({"accuracy": 1.0}, "accuracy"), ({"share": 1.1}, "share")],
)
def test_values_out_of_range_are_refused(change: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        simulate([True], [0.5], **{**SETTING, **change})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one score"):
        simulate([True, False], [0.5], **SETTING)  # type: ignore[arg-type]
