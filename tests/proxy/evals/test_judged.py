import pytest

from proxy.evals.grounding_figures import Scored
from proxy.evals.judged import with_judge


def lines() -> list[Scored]:
    doubtful = [Scored(f"d{n}", n % 2 == 0, 0.6 + n / 1000, "number") for n in range(60)]
    sure = [Scored(f"s{n}", n % 2 == 0, 0.95 if n % 2 == 0 else 0.05, "absent") for n in range(60)]
    return [*doubtful, *sure]


def test_a_good_judge_helps_where_it_is_asked() -> None:
    found = with_judge(lines(), 0.63, accuracy=0.95, share=0.5)
    plain = with_judge(lines(), 0.63, accuracy=0.95, share=0.01)
    assert found["balanced_accuracy"] > plain["balanced_accuracy"] + 0.1
    assert found["auroc"] > plain["auroc"]
    assert found["simulated"] is True
    assert (found["accuracy"], found["share"], found["draws"]) == (0.95, 0.5, 10)


def test_the_groups_are_told_where_false_alarms_are_equal() -> None:
    found = with_judge(lines(), 0.63, accuracy=0.9, share=0.5)
    assert found["values_and_promises_at_10_false_alarms"] is not None
    assert found["statements_at_10_false_alarms"] == 1.0


def test_a_class_that_is_missing_gives_no_figure() -> None:
    one_class = [line for line in lines() if line.supported]
    found = with_judge(one_class, 0.63, accuracy=0.9, share=0.2)
    assert found["auroc"] is None
    assert found["recall"] is None


def test_a_judge_that_tosses_a_coin_is_refused() -> None:
    with pytest.raises(ValueError, match="accuracy"):
        with_judge(lines(), 0.63, accuracy=0.5, share=0.2)
