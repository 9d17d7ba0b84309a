from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calibration import Calibration
from proxy.calibrate.answers import DEFAULTS, Judged
from proxy.calibrate.fit import as_figures, fit, fold_of, held_out, shifted_intents, sigmoid

Make = Callable[..., list[Judged]]


def test_a_map_is_recovered(make: Make) -> None:
    found = fit(make(6000, slope=0.4, shift=-0.5), "six thousand")
    truth = Calibration("truth", 0.4, 0.4, -0.5)
    for score in (0.05, 0.3, 0.5, 0.7, 0.95):
        assert found.probability([score]) == pytest.approx(truth.probability([score]), abs=0.04)
    assert found.label == "six thousand"


def test_a_second_doubt_and_the_count_are_seen() -> None:
    chance = np.random.default_rng(3)
    truth = Calibration("truth", 1.0, 1.0, 0.5, second=2.0, count=0.5)
    answers = []
    for number in range(6000):
        scores = tuple(float(s) for s in chance.uniform(0.05, 0.95, size=chance.integers(1, 6)))
        supported = bool(chance.uniform() < truth.probability(scores))
        answers.append(Judged(supported, scores, DEFAULTS, str(number), objected=False))
    found = fit(answers, "x")
    assert found.second == pytest.approx(2.0, abs=0.6)
    assert found.count == pytest.approx(0.5, abs=0.3)


def test_few_answers_bend_little(make: Make) -> None:
    answers = make(12, slope=0.2)
    few, many = fit(answers, "x"), fit(answers * 200, "x")
    score = [0.9]
    assert abs(few.probability(score) - 0.9) < abs(many.probability(score) - 0.9)


def test_scores_that_mislead_are_held_at_zero(make: Make) -> None:
    found = fit(make(4000, slope=-1.0), "x")
    assert (found.for_support, found.against) == (0.0, 0.0)


def test_intents_get_shifts_where_there_are_enough(make: Make) -> None:
    easy = make(400, seed=2, slope=1.0, shift=1.5, intent="delivery")
    hard = make(400, seed=3, slope=1.0, shift=-1.5, intent="refund")
    few = make(30, seed=4, slope=1.0, intent="dispute")
    unnamed = make(100, seed=5, slope=1.0)
    found = fit([*easy, *hard, *few, *unnamed], "x")
    assert set(found.intents) == {"delivery", "refund"}
    assert found.intents["delivery"] - found.intents["refund"] > 1.5
    assert shifted_intents(easy) == []
    assert shifted_intents([*hard, *(replace(a, supported=True) for a in easy)]) == ["refund"]


@given(
    st.lists(
        st.tuples(
            st.booleans(), st.lists(st.floats(0, 1), min_size=1, max_size=4), st.integers(0, 3)
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=50, deadline=None)
def test_any_answers_give_a_calibration(rows: list[tuple[bool, list[float], int]]) -> None:
    answers = [
        Judged(good, tuple(scores), DEFAULTS, str(group), objected=False)
        for good, scores, group in rows
    ]
    found = fit(answers, "x")  # its constructor refuses what is not monotone
    assert 0 <= found.probability([0.5]) <= 1
    assert all(0 <= c <= 1 for c in held_out(answers))


def test_each_answer_is_held_out_with_its_group(make: Make) -> None:
    answers = make(200, groups=20)
    place = fold_of([a.group for a in answers], 0, 5)
    confidences = held_out(answers)
    rest = [a for a, f in zip(answers, place, strict=True) if f != place[7]]
    assert confidences[7] == answers[7].confidence(fit(rest, ""))
    # Flipping the labels of one's own group changes nothing of one's own confidence.
    flipped = [
        replace(a, supported=not a.supported) if a.group == answers[7].group else a for a in answers
    ]
    assert held_out(flipped)[7] == confidences[7]


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=60), st.integers(0, 5))
def test_folds_keep_groups_together_and_are_even(groups: list[str], seed: int) -> None:
    place = fold_of(groups, seed, 5)
    assert len({(g, f) for g, f in zip(groups, place, strict=True)}) == len(set(groups))
    sizes = [place.count(f) for f in range(5)]
    assert max(sizes) - min(sizes) <= max(groups.count(g) for g in groups)
    assert place == fold_of(groups, seed, 5)


def test_figures_are_all_numbers_of_the_map() -> None:
    shown = as_figures(Calibration("x", 2.0, 3.0, -1.0, 0.5, 0.25, {"refund": 0.1}))
    assert list(shown.values()) == [2.0, 3.0, -1.0, 0.5, 0.25, {"refund": 0.1}]


def test_sigmoid_does_not_overflow() -> None:
    low, middle, high = sigmoid(np.array([-1e6, 0.0, 1e6]))
    assert 0 < low < 1e-12
    assert middle == 0.5
    assert 1 - 1e-12 < high <= 1
