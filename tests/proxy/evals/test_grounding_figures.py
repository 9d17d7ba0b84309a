import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.evals.grounding_figures import Scored, at_equal_alarms, at_threshold, figures, pooled_f1

LINES = st.lists(
    st.builds(
        Scored,
        name=st.text(max_size=4),
        supported=st.booleans(),
        score=st.integers(0, 20).map(lambda n: n / 20),
        kind=st.sampled_from(["", "number", "merged_facts", "absent", "else"]),
    ),
    max_size=25,
)


def known() -> list[Scored]:
    return [
        Scored("a", True, 0.9),
        Scored("b", True, 0.6, "plain"),
        Scored("c", False, 0.65, "number"),
        Scored("d", False, 0.8, "number"),
    ]


def test_the_figures_of_known_scores() -> None:
    found = at_threshold(known(), 0.7)
    assert found["auroc"] == 0.5
    assert found["recall"] == 0.5
    assert found["precision"] == 0.5
    assert found["false_alarms"] == 0.5
    number = found["recall_per_kind"]["number"]
    assert (number["n"], number["flagged"]) == (2, 0.5)
    assert number["ci95"][0] < 0.5 < number["ci95"][1]
    assert found["false_alarms_per_kind"]["plain"]["flagged"] == 1.0


@given(LINES.filter(bool), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=30)
def test_a_higher_threshold_never_lowers_recall(lines: list[Scored], a: float, b: float) -> None:
    loose, strict = at_threshold(lines, min(a, b)), at_threshold(lines, max(a, b))
    for figure in ("recall", "false_alarms"):
        if loose[figure] is not None:
            assert strict[figure] >= loose[figure]


@given(LINES)
@settings(max_examples=60)
def test_at_most_a_tenth_of_the_supported_is_flagged(lines: list[Scored]) -> None:
    found = at_equal_alarms(lines)
    if len({x.supported for x in lines}) < 2:
        assert found is None
        return
    assert found is not None
    assert found["false_alarms"] <= 0.1
    counted = sum(kind["n"] for kind in found["kinds"].values())
    assert counted == sum(1 for x in lines if not x.supported and x.kind)


def test_kinds_are_pooled_under_one_name_in_their_groups() -> None:
    kinds = ("date", "date_or_deadline", "merged", "merged_facts", "invented_benefit", "whimsy")
    lines = [Scored(kind, False, 0.2 * n, kind) for n, kind in enumerate(kinds)]
    found = at_equal_alarms([*lines, Scored("good", True, 0.5)])
    assert found is not None
    assert found["kinds"]["date"] == {"n": 2, "flagged": 1.0, "ci95": [0.3424, 1.0]}
    assert found["kinds"]["merged"]["flagged"] == 0.5
    assert found["groups"]["values_and_promises"]["n"] == 2
    assert found["groups"]["statements"] == {"n": 1, "flagged": 0.0, "ci95": [0.0, 0.7935]}
    assert found["groups"]["conditions"]["n"] == 2
    assert found["recall"] == 0.5


def test_all_of_it_together() -> None:
    lines = [
        Scored(f"{n}", n % 2 == 0, (0.7 if n % 2 == 0 else 0.4) + n % 5 / 20, "number")
        for n in range(80)
    ]
    found = figures(lines, 0.62)
    assert found["n"] == 80
    assert found["auroc_ci95"][0] <= found["auroc"] <= found["auroc_ci95"][1]
    assert found["best_on_these_lines"]["balanced_accuracy"] == 1.0
    assert found["f1_threshold_of_other_half"]["f1"] == 1.0
    assert found["f1_flag_everything"] == pytest.approx(2 / 3, abs=1e-4)
    calibration = found["calibration"]
    assert calibration["ece_ci95"][0] <= calibration["ece"] <= calibration["ece_ci95"][1]
    assert calibration["brier"] == pytest.approx(
        sum((x.score - x.supported) ** 2 for x in lines) / 80, abs=1e-4
    )
    assert calibration["slope"] is None  # the classes do not overlap


def test_without_a_class_figures_are_missing_not_zero() -> None:
    found = figures([Scored("a", True, 0.9)], 0.7)
    for name in ("auroc", "auroc_ci95", "best_on_these_lines", "at_10_false_alarms", "recall"):
        assert found[name] is None
    assert found["f1_threshold_of_other_half"] is None


def test_the_pooled_f1_stands_beside_flagging_everything() -> None:
    lines = [Scored(f"{n}", n % 4 != 0, 0.1 if n % 4 == 0 else 0.9) for n in range(60)]
    found = pooled_f1(lines)
    assert found["n"] == 60
    assert found["f1"] == 1.0
    assert found["f1_flag_everything"] == pytest.approx(0.4)
