from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError
from policies.policy import Policy
from proxy.calibrate.answers import DEFAULTS, Judged
from proxy.calibrate.plots import (
    RELIABILITY,
    RISK,
    draw_reliability,
    draw_risk,
    risk_by_coverage,
    write_plots,
)
from proxy.calibrate.run import Wish, calibrate
from proxy.calibrate.thresholds import Aim, Pool, deliver

Make = Callable[..., list[Judged]]
PNG = b"\x89PNG\r\n\x1a\n"


def test_both_plots_are_written(make: Make, policy: Policy, tmp_path: Path) -> None:
    write_plots(tmp_path, calibrate(make(), policy, Wish("x"), "f"), Aim())
    for name in (RELIABILITY, RISK):
        assert (tmp_path / name).read_bytes().startswith(PNG)
    with pytest.raises(ConfigError, match="can't be written"):
        write_plots(tmp_path / "none", calibrate(make(), policy, Wish("x"), "f"), Aim())


def test_the_fitted_curve_is_drawn_where_there_is_one(make: Make, policy: Policy) -> None:
    def curves(*, keep: bool) -> list[str]:
        found = calibrate(make(800), policy, Wish("x", keep=keep), "f")
        legend = draw_reliability(found).axes[0].get_legend()
        assert legend is not None
        return [text.get_text() for text in legend.get_texts()]

    assert curves(keep=False) == ["reliable", "configured", "fitted, on held-out answers"]
    assert curves(keep=True) == ["reliable", "configured"]


def test_each_intent_has_a_curve_and_the_aim_a_line() -> None:
    pools = {"refund": Pool(4, (0.9, 0.8), (False, True)), DEFAULTS: Pool(2, (), ())}
    lines = draw_risk(pools, Aim(0.02)).axes[0].get_lines()
    assert [line.get_label() for line in lines] == [
        "refund, 4 answers",
        "[defaults], 2 answers",
        "aim: 2.00%",
    ]
    assert list(np.asarray(lines[0].get_ydata())) == [0.0, 0.5]


@given(st.lists(st.tuples(st.sampled_from([0.5, 0.6, 0.7, 0.9]), st.booleans()), max_size=30))
def test_the_curve_is_what_thresholds_deliver(rows: list[tuple[float, bool]]) -> None:
    pool = Pool(len(rows) + 3, [c for c, _ in rows], [w for _, w in rows])
    coverage, risk = risk_by_coverage(pool)
    assert len(coverage) == len(risk) == len(rows)
    expected = {
        (found.delivered / pool.answers, found.share)
        for found in (deliver(pool, c, Aim()) for c in pool.confidences)
    }
    assert set(zip(coverage.tolist(), risk.tolist(), strict=True)) == expected
    assert coverage.tolist() == sorted(coverage.tolist())
