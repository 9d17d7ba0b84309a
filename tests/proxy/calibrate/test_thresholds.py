import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.calibrate.thresholds import GRID, Aim, Pool, deliver, smallest
from proxy.evals.metrics import upper_bound

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=80)


def pool(rows: list[tuple[float, bool]], more: int = 0) -> Pool:
    return Pool(len(rows) + more, [c for c, _ in rows], [w for _, w in rows])


@pytest.mark.parametrize(
    ("risk", "confidence", "needed"), [(0.01, 0.95, 299), (0.05, 0.95, 59), (0.5, 0.5, 1)]
)
def test_how_many_right_answers_show_a_risk(risk: float, confidence: float, needed: int) -> None:
    aim = Aim(risk, confidence)
    assert aim.needed == needed
    assert (1 - risk) ** needed <= 1 - confidence + 1e-12 < (1 - risk) ** (needed - 1)


def test_enough_right_answers_show_it_and_one_fewer_does_not() -> None:
    shown = smallest(pool([(0.905, False)] * 299), Aim())
    assert shown.threshold == GRID[-1]
    assert shown.shown.bound == pytest.approx(0.00997, abs=1e-5)
    refused = smallest(pool([(0.905, False)] * 298), Aim())
    assert refused.threshold is None
    assert "too few labels: 298 answers, of which 298 pass at 0.50; at least 299" in refused.why


def test_the_smallest_is_just_above_the_wrong_ones() -> None:
    rows = [(0.905, False)] * 100 + [(0.705, False)] * 100 + [(0.655, True)] * 30
    found = smallest(pool(rows), Aim(0.05))
    assert found.threshold == 0.66
    assert (found.shown.delivered, found.shown.wrong) == (200, 0)


def test_a_risk_that_is_not_kept_says_by_how_much() -> None:
    found = smallest(pool([(0.905, n % 2 == 0) for n in range(100)]), Aim(0.1))
    assert found.threshold is None
    assert "can't be shown: at 0.90, the strictest that can be tested, 50 of 100" in found.why


def test_an_answer_at_the_threshold_goes_out() -> None:
    assert deliver(pool([(0.7, False), (math.nextafter(0.7, 0), True)]), 0.7, Aim()).delivered == 1


def test_nothing_delivered_has_no_bound_but_one() -> None:
    assert deliver(pool([]), 0.5, Aim()).bound == 1.0
    assert "too few labels: 0 answers" in smallest(pool([]), Aim()).why


@given(answers, st.sampled_from([0.05, 0.1, 0.3, 0.6]), st.sampled_from([0.5, 0.9]))
def test_what_is_found_holds_with_everything_stricter(
    rows: list[tuple[float, bool]], risk: float, confidence: float
) -> None:
    aim = Aim(risk, confidence)
    found = smallest(pool(rows), aim)
    if found.threshold is None:
        assert found.why
        return
    assert found.shown == deliver(pool(rows), found.threshold, aim)
    for threshold in (t for t in GRID if t >= found.threshold):
        passed = [w for c, w in rows if c >= threshold]
        bound = upper_bound(sum(passed), len(passed), confidence)
        assert len(passed) < aim.needed or (bound is not None and bound <= risk)


@given(answers, st.floats(0, 1))
def test_a_further_wrong_answer_never_loosens(
    rows: list[tuple[float, bool]], confidence: float
) -> None:
    aim = Aim(0.2, 0.9)
    # A wrong one in the place of a right one: the counts stay.
    right = [*rows, (confidence, False)]
    wrong = [*rows, (confidence, True)]
    before, after = (smallest(pool(r), aim).threshold for r in (right, wrong))
    assert after is None or (before is not None and before <= after)


def test_the_stated_confidence_is_kept() -> None:
    # Uniform confidences, twice as wrong as they say: the true risk at threshold t is 1 - t.
    chance, aim, broken, found = np.random.default_rng(0), Aim(0.2, 0.9), 0, 0
    for _ in range(300):
        confidences = chance.uniform(0.5, 1, 300)
        wrong = chance.uniform(size=300) < 2 * (1 - confidences)
        threshold = smallest(Pool(300, confidences.tolist(), wrong.tolist()), aim).threshold
        found += threshold is not None
        broken += threshold is not None and 1 - threshold > aim.risk
    assert found > 150
    assert broken <= 30
