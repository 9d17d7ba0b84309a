import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
WRITTEN = ["calibration.json", "policy_patch.toml", "reliability.png", "risk_coverage.png"]


def row(n: int, *, supported: bool, **more: object) -> dict[str, object]:
    days = n + 3
    said = days if supported else days + 30
    return {
        "question": "How long may I send it back?",
        "answer": f"You can return it within {said} days.",
        "label": "supported" if supported else "unsupported",
        "context": [f"You can return any item within {days} days of delivery."],
        **more,
    }


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [row(n, supported=n % 2 == 0) for n in range(60)]
    return write(tmp_path / "answers.jsonl", rows)


def test_files_and_figures_are_written(run: Run, config: Path, data: Path, tmp_path: Path) -> None:
    policy = config.parent / "policies" / "support.toml"
    before, out = policy.read_text(), tmp_path / "out"
    done = run("calibrate", "--data", data, "--config", config, "--out", out)
    assert (done.code, done.err) == (0, "")
    assert sorted(p.name for p in out.iterdir()) == WRITTEN
    assert "60 answers, 30 unsupported, of 60 groups" in done.out
    assert "configured        ece 0." in done.out
    assert "at most 1.00% wrong among the delivered, with 95% confidence per intent" in done.out
    assert "[defaults]: none; too few labels: 60 answers" in done.out
    assert policy.read_text() == before
    assert tomllib.loads((out / "policy_patch.toml").read_text()) == {}


def test_a_threshold_for_machines_and_the_calibration_in_use(
    run: Run, config: Path, data: Path, tmp_path: Path
) -> None:
    args = ("--data", data, "--config", config, "--json", "--risk", "0.3", "--confidence", "0.8")
    shown = json.loads(run("calibrate", *args, "--intent", "returns", "--out", tmp_path / "a").out)
    assert (shown["n"], shown["fitting"], shown["aim"]["needed"]) == (60, 60, 5)
    found = shown["thresholds"]["returns"]
    assert found["threshold"] is not None
    assert found["upper_bound"] <= 0.3
    label = shown["calibration"]["label"]
    assert shown["calibration"]["fitted"] is True
    assert label.startswith("answers.jsonl, 20")
    assert "60 answers" in label
    text = config.read_text().replace(
        "[policy]\n", '[policy]\ncalibration = "a/calibration.json"\n'
    )
    config.write_text(text)
    kept = json.loads(run("calibrate", *args, "--keep", "--out", tmp_path / "b").out)
    assert kept["calibration"] == {**shown["calibration"], "fitted": False}
    assert (tmp_path / "a" / "calibration.json").read_text() == (
        tmp_path / "b" / "calibration.json"
    ).read_text()


def test_a_bad_line_is_named(run: Run, config: Path, data: Path) -> None:
    write(data, [row(1, supported=True), row(2, supported=True, intent="retruns")])
    done = run("calibrate", "--data", data, "--config", config)
    assert done.code == 1
    assert done.err.startswith(f"{data}:2: intent: is no intent of the policy")


@pytest.mark.parametrize(
    ("supported", "n", "told"),
    [
        ({True, False}, 20, "20 answers with claims that could be checked; at least 50"),
        ({True}, 60, "label: 60 supported and 0 unsupported answers with claims"),
    ],
)
def test_too_few_labels_are_told(  # noqa: PLR0913 - fixtures and cases
    *, run: Run, config: Path, data: Path, tmp_path: Path, supported: set[bool], n: int, told: str
) -> None:
    write(data, [row(k, supported=k % 2 == 0 or len(supported) == 1) for k in range(n)])
    done = run("calibrate", "--data", data, "--config", config, "--out", tmp_path / "out")
    assert done.code == 1
    assert told in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("--intent", "nonsense"),
        ("--risk", "0"),
        ("--risk", "1"),
        ("--confidence", "1.5"),
        ("--evidence", "none"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(
    run: Run, config: Path, data: Path, args: tuple[str, str]
) -> None:
    assert run("calibrate", "--data", data, "--config", config, *args).code == 2


def test_checks_that_break_are_told(run: Run, config: Path, data: Path) -> None:
    config.write_text(config.read_text().replace("timeout_ms = 2000", "timeout_ms = 0.000001"))
    done = run("calibrate", "--data", data, "--config", config)
    assert done.code == 1
    assert "warning: checks broke on some answers (timeout=60)" in done.err
    assert "0 answers with claims" in done.err
