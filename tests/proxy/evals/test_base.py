from itertools import count

from proxy.evals.base import Stopwatch, rounded, silent


def test_a_stopwatch_gives_medians_in_milliseconds() -> None:
    wall = iter([0.0, 0.001, 1.0, 1.003, 2.0, 2.500])
    watch = Stopwatch(wall=lambda: next(wall), cpu=count(step=0.002).__next__)
    for _ in range(3):
        with watch.item():
            pass
    assert watch.figures() == {"ms_per_item": 3.0, "cpu_ms_per_item": 2.0}


def test_nothing_timed_gives_no_number() -> None:
    assert Stopwatch().figures() == {"ms_per_item": None, "cpu_ms_per_item": None}


def test_small_helpers() -> None:
    assert rounded(1 / 3) == 0.3333
    assert rounded(None) is None
    assert list(silent([1, 2])) == [1, 2]
