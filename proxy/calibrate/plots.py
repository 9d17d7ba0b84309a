"""Reliability, and risk against coverage, as PNG. The only module that imports matplotlib."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.errors import ConfigError, Problem
from proxy.calibrate.measure import bins
from proxy.calibrate.run import Outcome
from proxy.calibrate.thresholds import Aim, Pool

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

RELIABILITY = "reliability.png"
RISK = "risk_coverage.png"
_DPI = 120
_MOST_LINES = 8


def write_plots(folder: Path, outcome: Outcome, aim: Aim) -> None:
    """Draw both. Raises `ConfigError` if the folder can't be written."""
    plots = {RELIABILITY: draw_reliability(outcome), RISK: draw_risk(outcome.pools, aim)}
    for name, figure in plots.items():
        try:
            figure.savefig(folder / name, dpi=_DPI)
        except OSError as error:
            message = f"can't be written ({error.strerror}); choose another folder with --out"
            raise ConfigError(Problem(str(folder / name), None, "", message)) from None


def draw_reliability(outcome: Outcome) -> "Figure":
    """Show, by confidence, how many answers are supported; below, how many there are."""
    figure = _figure(7, 7)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    supported = np.array([a.supported for a in outcome.fitting], dtype=float)
    upper.plot([0, 1], [0, 1], color="grey", linestyle=":", label="reliable")
    curves = {"configured": outcome.before}
    if outcome.fitted:
        curves["fitted, on held-out answers"] = outcome.after
    for name, confidences in curves.items():
        _curve(upper, confidences, supported, name)
        lower.hist(confidences, bins=20, range=(0, 1), histtype="step", label=name)
    upper.set_ylabel("share of answers supported (95 % interval)")
    upper.set_title(f"Reliability of confidence, {len(supported)} answers")
    upper.legend(loc="upper left")
    upper.set_ylim(-0.02, 1.02)
    lower.set_xlabel("confidence")
    lower.set_ylabel("answers")
    return figure


def _curve(axes: "Axes", confidences: Floats, supported: Floats, name: str) -> None:
    found = bins(confidences, supported)
    share = np.array([b.share for b in found])
    low, high = np.array([b.low for b in found]), np.array([b.high for b in found])
    axes.errorbar(
        [b.confidence for b in found],
        share,
        yerr=[np.maximum(0, share - low), np.maximum(0, high - share)],
        marker="o",
        capsize=3,
        label=name,
    )


def draw_risk(pools: Mapping[str, Pool], aim: Aim) -> "Figure":
    """Show the share of wrong answers among those delivered, by how many are delivered."""
    figure = _figure(7, 5)
    axes = figure.subplots()
    largest = sorted(pools, key=lambda name: -pools[name].answers)[:_MOST_LINES]
    for name in largest:
        coverage, risk = risk_by_coverage(pools[name])
        label = f"{name}, {pools[name].answers} answers"
        axes.plot(coverage, risk, label=label, drawstyle="steps-post")
    axes.axhline(aim.risk, color="grey", linestyle=":", label=f"aim: {aim.risk:.2%}")
    axes.set_xlabel("share of all answers that is delivered")
    axes.set_ylabel("share wrong among the delivered")
    axes.set_title("Risk against coverage, most confident answers first")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.legend(loc="best")
    return figure


def risk_by_coverage(pool: Pool) -> tuple[Floats, Floats]:
    """Return coverage and risk at each cut between confidences, strictest first.

    Answers of one confidence are delivered together or not at all, so all of them share
    the figures of their last.
    """
    values = np.asarray(pool.confidences, dtype=float)
    order = np.argsort(-values, kind="stable")
    ranked, ranks = values[order], np.arange(1, len(values) + 1)
    risk = np.cumsum(np.asarray(pool.wrong, dtype=float)[order]) / ranks
    last = len(values) - np.searchsorted(ranked[::-1], ranked, side="left")
    return last / max(1, pool.answers), risk[last - 1]


def _figure(width: float, height: float) -> "Figure":
    """Make a figure that draws into memory: no window, no state that others share."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 0.5 s to import
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
