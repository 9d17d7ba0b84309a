import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.evals.metrics import (
    Confusion,
    auroc,
    calibration_error,
    f_beta,
    median,
    ratio,
    recall_at_acceptance,
    upper_bound,
)

SHARE = st.floats(0, 1, allow_nan=False)
SCORED = st.lists(st.tuples(st.integers(0, 6).map(lambda n: n / 6), st.booleans()), max_size=30)


def by_pairs(scored: list[tuple[float, bool]]) -> float | None:
    """The definition of the area, counted out."""
    ups = [s for s, up in scored if up]
    downs = [s for s, up in scored if not up]
    if not ups or not downs:
        return None
    wins = sum((u > d) + (u == d) / 2 for u, d in itertools.product(ups, downs))
    return wins / (len(ups) * len(downs))


@given(SCORED)
def test_auroc_is_the_share_of_pairs_in_order(scored: list[tuple[float, bool]]) -> None:
    found = auroc([s for s, _ in scored], [up for _, up in scored])
    assert found == (None if (wanted := by_pairs(scored)) is None else pytest.approx(wanted))


@given(SCORED)
def test_auroc_of_reversed_scores_is_the_rest(scored: list[tuple[float, bool]]) -> None:
    labels = [up for _, up in scored]
    found = auroc([s for s, _ in scored], labels)
    reversed_ = auroc([-s for s, _ in scored], labels)
    if found is None:
        assert reversed_ is None
    else:
        assert reversed_ == pytest.approx(1 - found)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_a_confusion_counts_every_item_once(items: list[tuple[bool, bool]]) -> None:
    flagged, positive = [f for f, _ in items], [p for _, p in items]
    counts = Confusion.of(flagged, positive)
    assert counts.hits + counts.misses == sum(positive)
    assert counts.hits + counts.false_alarms == sum(flagged)
    total = counts.hits + counts.misses + counts.false_alarms + counts.rejections
    assert total == len(items)
    for measure in (counts.precision, counts.recall, counts.false_alarm_rate, counts.f1):
        assert measure is None or 0 <= measure <= 1


def test_a_confusion_wants_as_many_labels_as_flags() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Confusion.of([True], [])


def test_the_measures_of_a_known_confusion() -> None:
    counts = Confusion(hits=3, misses=1, false_alarms=2, rejections=8)
    assert counts.precision == 0.6
    assert counts.recall == 0.75
    assert counts.false_alarm_rate == 0.2
    assert counts.balanced_accuracy == pytest.approx(0.775)
    assert counts.f1 == pytest.approx(2 / 3)


def test_a_class_that_is_missing_gives_no_number() -> None:
    counts = Confusion.of([True, False], [True, True])
    assert counts.false_alarm_rate is None
    assert counts.balanced_accuracy is None
    assert Confusion.of([], []).precision is None


@given(SHARE, SHARE, st.sampled_from([0.5, 1, 2]))
def test_f_beta_lies_between_precision_and_recall(p: float, r: float, beta: float) -> None:
    found = f_beta(p, r, beta)
    assert found is not None
    assert min(p, r) - 1e-9 <= found <= max(p, r) + 1e-9


def test_f2_favours_recall() -> None:
    assert f_beta(0.5, 1.0, 2) == pytest.approx(5 * 0.5 / (4 * 0.5 + 1))
    assert f_beta(None, 1.0, 2) is None
    assert f_beta(0.0, 0.0, 2) == 0.0


@given(st.lists(st.tuples(SHARE, st.booleans()), min_size=1, max_size=30))
def test_calibration_error_is_a_share(items: list[tuple[float, bool]]) -> None:
    found = calibration_error([p for p, _ in items], [up for _, up in items])
    assert found is not None
    assert -1e-9 <= found <= 1 + 1e-9


def test_calibration_error_of_what_can_be_counted_by_hand() -> None:
    assert calibration_error([0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0]) == pytest.approx(0)
    assert calibration_error([0.9, 0.9, 0.1, 0.1], [0, 0, 1, 1]) == pytest.approx(0.9)
    assert calibration_error([1.0, 0.0], [1, 0]) == 0
    assert calibration_error([], []) is None


@given(st.lists(SHARE, min_size=1, max_size=30), st.lists(SHARE, min_size=1, max_size=30), SHARE)
def test_the_threshold_accepts_what_it_must(
    inside: list[float], outside: list[float], acceptance: float
) -> None:
    found = recall_at_acceptance(inside, outside, acceptance)
    assert found is not None
    threshold, recall = found
    assert sum(s >= threshold for s in inside) / len(inside) >= acceptance - 1e-9
    assert recall == sum(s < threshold for s in outside) / len(outside)


def test_the_threshold_is_the_highest_that_accepts_enough() -> None:
    inside = [n / 10 for n in range(1, 11)]
    assert recall_at_acceptance(inside, [0.15, 0.25], 0.9) == (0.2, 0.5)
    assert recall_at_acceptance([], [0.1], 0.9) is None
    assert recall_at_acceptance([0.1], [], 0.9) is None


@given(st.integers(1, 400), st.data())
def test_the_upper_bound_holds_the_rate(trials: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, trials))
    bound = upper_bound(events, trials)
    assert bound is not None
    assert events / trials <= bound <= 1
    more = upper_bound(min(events + 1, trials), trials)
    assert more is not None
    assert bound <= more + 1e-12


@pytest.mark.parametrize("trials", [1, 10, 270, 5000])
def test_the_upper_bound_of_no_event_is_known_in_closed_form(trials: int) -> None:
    assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials))


def test_the_upper_bound_leaves_five_per_cent() -> None:
    bound = upper_bound(3, 50)
    assert bound is not None
    left = sum(math.comb(50, k) * bound**k * (1 - bound) ** (50 - k) for k in range(4))
    assert left == pytest.approx(0.05)
    assert upper_bound(0, 0) is None
    assert upper_bound(5, 5) == 1.0


def test_nothing_is_not_zero() -> None:
    assert ratio(0, 0) is None
    assert ratio(1, 4) == 0.25
    assert median([]) is None
    assert median([3, 1, 2]) == 2
