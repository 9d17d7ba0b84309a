from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.evals.intervals import bootstrap, wilson
from proxy.evals.metrics import auroc


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    found = wilson(hits, trials)
    assert found is not None
    low, high = found
    assert 0 <= low <= hits / trials <= high <= 1
    assert low < high


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (3, 10), (81, 263), (10, 10)])
def test_at_the_bounds_the_share_is_just_rejected(hits: int, trials: int) -> None:
    found = wilson(hits, trials)
    assert found is not None
    z = NormalDist().inv_cdf(0.975)
    for bound in found:
        if 0 < bound < 1:
            error = (bound * (1 - bound) / trials) ** 0.5
            assert abs(hits / trials - bound) == pytest.approx(z * error)


def test_no_trials_give_no_interval() -> None:
    assert wilson(0, 0) is None


def mean(scores: np.ndarray, labels: np.ndarray) -> float | None:
    del labels
    return float(scores.mean())


def test_the_bootstrap_of_a_mean_is_that_of_theory() -> None:
    scores = np.random.default_rng(3).normal(0.5, 0.1, 400)
    found = bootstrap(mean, scores, np.ones(400))
    assert found is not None
    reach = 1.96 * float(scores.std()) / 20
    assert found[0] == pytest.approx(float(scores.mean()) - reach, abs=0.0015)
    assert found[1] == pytest.approx(float(scores.mean()) + reach, abs=0.0015)


def test_the_seed_fixes_it() -> None:
    scores, labels = [0.1, 0.4, 0.35, 0.8, 0.7, 0.6], [0, 0, 1, 1, 0, 1]
    assert bootstrap(auroc, scores, labels) == bootstrap(auroc, scores, labels)
    assert bootstrap(auroc, scores, labels) != bootstrap(auroc, scores, labels, seed=1)


def test_resamples_without_a_value_are_left_out_unless_most_are() -> None:
    assert bootstrap(auroc, [0.1, 0.9], [0, 1]) == (1.0, 1.0)
    assert bootstrap(auroc, [0.1, 0.9], [1, 1]) is None
    assert bootstrap(auroc, [], []) is None
