import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.evals.metrics import Confusion
from proxy.evals.thresholds import (
    at_false_alarms,
    best_balanced,
    best_f1,
    counted,
    crossed,
    flag_everything,
    half,
)

ITEMS = st.lists(st.tuples(st.integers(0, 8).map(lambda n: n / 8), st.booleans()), max_size=24)


def columns(items: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [s for s, _ in items], [up for _, up in items]


@given(ITEMS, st.sampled_from([0.0, 0.1, 0.3]))
def test_no_higher_threshold_keeps_the_promise(
    items: list[tuple[float, bool]], most: float
) -> None:
    scores, supported = columns(items)
    found = at_false_alarms(scores, supported, most)
    if found is None:
        assert len(set(supported)) < 2
        return
    assert found.counts == counted(scores, supported, found.threshold)
    assert (found.counts.false_alarm_rate or 0) <= most + 1e-9
    for other in (s + 1e-6 for s in scores if s >= found.threshold):
        rate = counted(scores, supported, other).false_alarm_rate
        assert rate is not None
        assert rate > most - 1e-9


@given(ITEMS)
def test_the_best_threshold_is_beaten_by_no_other(items: list[tuple[float, bool]]) -> None:
    scores, supported = columns(items)
    balanced, f1 = best_balanced(scores, supported), best_f1(scores, supported)
    if balanced is None or f1 is None:
        assert len(set(supported)) < 2
        return
    for threshold in [*scores, *(s + 1e-6 for s in scores)]:
        other = counted(scores, supported, threshold)
        assert (other.balanced_accuracy or 0) <= (balanced.counts.balanced_accuracy or 0) + 1e-9
        assert (other.f1 or 0) <= (f1.counts.f1 or 0) + 1e-9


def test_each_half_is_judged_at_the_others_threshold() -> None:
    rows = [  # score, supported, half
        (0.2, False, 0),
        (0.5, True, 0),
        (0.6, False, 1),
        (0.9, True, 1),
    ]
    found = crossed([s for s, _, _ in rows], [up for _, up, _ in rows], [h for _, _, h in rows])
    assert found is not None
    counts, (for_first, for_second) = found
    assert for_first == pytest.approx(0.6)  # what parts half 1
    assert for_second == pytest.approx(0.2)
    assert counts == Confusion(hits=1, misses=1, false_alarms=1, rejections=1)


def test_a_half_without_a_class_gives_no_threshold() -> None:
    assert crossed([0.1, 0.9], [False, True], [0, 1]) is None


def test_halves_depend_on_the_id_alone_and_are_about_as_large() -> None:
    sides = [half(f"line-{n}") for n in range(400)]
    assert sides == [half(f"line-{n}") for n in range(400)]
    assert 160 < sum(sides) < 240


def test_flagging_everything_finds_all_and_spares_nothing() -> None:
    assert flag_everything([True, False, False]) == Confusion(2, 0, 1, 0)
