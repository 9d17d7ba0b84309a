from collections.abc import Callable
from dataclasses import replace

import pytest

from policies.calibration import Calibration
from policies.errors import ConfigError
from policies.policy import Policy
from proxy.calibrate.answers import DEFAULTS, Judged
from proxy.calibrate.run import FEWEST, Wish, calibrate, current
from proxy.calibrate.thresholds import Aim

Make = Callable[..., list[Judged]]
WISH = Wish("mine")


def test_scores_that_are_too_sure_are_fitted(make: Make, policy: Policy) -> None:
    found = calibrate(make(800), policy, WISH, "f")
    assert found.fitted
    assert found.calibration.label == "mine"
    before, after = found.figures["before"], found.figures["after"]
    assert after["log_loss"] < before["log_loss"]
    assert after["ece"] < before["ece"]
    assert abs(after["slope"] - 1) < abs(before["slope"] - 1)
    assert found.figures["calibration"]["for_support"] < 1


def test_scores_that_are_right_are_kept(make: Make, policy: Policy) -> None:
    found = calibrate(make(60, slope=1.0, seed=7), policy, WISH, "f")
    assert not found.fitted
    assert found.calibration is policy.calibration
    assert found.figures["after"] is None
    assert found.figures["not_better"] >= found.figures["before"]["log_loss"]


def test_keeping_fits_nothing(make: Make, policy: Policy) -> None:
    ours = Calibration("ours", 0.4, 0.4)
    found = calibrate(make(800), replace(policy, calibration=ours), replace(WISH, keep=True), "f")
    assert found.calibration is ours
    assert found.figures["not_better"] is None
    assert list(found.before) == list(found.after)


def test_the_same_answers_give_the_same_figures(make: Make, policy: Policy) -> None:
    first, second = (calibrate(make(), policy, WISH, "f").figures for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (FEWEST - 1, "f: 49 answers with claims that could be checked; at least 50 are needed"),
        (200, "f: label: 200 supported and 0 unsupported answers with claims; at least 10 of each"),
    ],
)
def test_too_few_labels_are_refused(make: Make, policy: Policy, n: int, told: str) -> None:
    answers = [replace(a, supported=True) for a in make(n)]
    with pytest.raises(ConfigError) as raised:
        calibrate(answers, policy, WISH, "f")
    assert str(raised.value).startswith(told)


def test_answers_without_confidence_do_not_count_as_labels(make: Make, policy: Policy) -> None:
    unclear = [replace(a, unclear=True) for a in make(60)]
    with pytest.raises(ConfigError, match="0 answers with claims"):
        calibrate(unclear, policy, WISH, "f")


def test_thresholds_are_per_intent(make: Make, policy: Policy) -> None:
    good = make(600, slope=3.0, shift=3.0, intent="refund")
    few = make(30, seed=2, intent="dispute")
    found = calibrate([*good, *few], policy, Wish("x", Aim(0.1)), "f")
    shown = found.figures["thresholds"]
    assert list(shown) == ["dispute", "refund"]
    assert shown["refund"]["threshold"] is not None
    assert shown["refund"]["upper_bound"] <= 0.1
    assert shown["refund"]["current"] == 0.85
    assert shown["dispute"]["threshold"] is None
    assert "too few labels: 30 answers" in shown["dispute"]["why"]
    only = calibrate([*good, *few], policy, Wish("x", Aim(0.1), intent="refund"), "f")
    assert list(only.verdicts) == ["refund"]
    none = calibrate(good, policy, Wish("x", intent="dispute"), "f")
    assert "too few labels: 0 answers" in none.figures["thresholds"]["dispute"]["why"]


def test_what_is_withheld_anyway_is_not_delivered(make: Make, policy: Policy) -> None:
    answers = make(300)
    free = Judged(False, (), DEFAULTS, "free", objected=False)
    pool = calibrate([*answers, free], policy, WISH, "f").pools[DEFAULTS]
    assert pool.answers == 301
    assert len(pool.confidences) == sum(not a.objected for a in answers) + 1
    assert (pool.confidences[-1], pool.wrong[-1]) == (1.0, True)


def test_the_current_threshold_is_the_policys(policy: Policy) -> None:
    assert current(policy, "refund") == 0.85
    looser = replace(policy.fallback, min_confidence=0.5)
    assert current(replace(policy, fallback=looser), DEFAULTS) == 0.5
