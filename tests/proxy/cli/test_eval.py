import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "cache.jsonl"
    rows = [
        {"cached": "Where is it?", "query": "where is  it", "same": True, "kind": "case"},
        {"cached": "Where is it?", "query": "Where is she?", "same": False},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_figures_are_printed_with_what_they_rest_on(run: Run, config: Path, data: Path) -> None:
    done = run("eval", "cache", "--data", data, "--config", config)
    assert done.code == 0
    assert "hit_rate            1.0" in done.out
    assert "config_hash" in done.out
    assert "Clopper-Pearson" in done.out
    assert done.err == ""


def test_figures_for_machines(run: Run, config: Path, data: Path) -> None:
    shown = json.loads(run("eval", "cache", "--data", data, "--config", config, "--json").out)
    assert shown["n"] == 2
    assert shown["hit_rate"] == 1.0
    assert shown["false_hit_rate"] == 0.0
    assert shown["ms_per_item"] >= 0
    assert shown["ran_on"]["versions"]["handrail"]


def test_predictions_are_written_line_by_line(
    run: Run, config: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    run("eval", "cache", "--data", data, "--config", config, "--predictions", out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert rows == [{"hit": True, "score": 1.0}, {"hit": False, "score": 0.0}]


def test_a_bad_line_is_named(run: Run, config: Path, data: Path) -> None:
    data.write_text(data.read_text() + '{"cached": "a"}\n')
    done = run("eval", "cache", "--data", data, "--config", config)
    assert done.code == 1
    assert done.err.startswith(f"{data}:3: query: is required")
    assert done.out == ""


@pytest.mark.parametrize(
    "args",
    [
        ("eval", "weather"),
        ("eval", "cache", "--examples", "5"),
        ("eval", "intents", "--examples", "5"),
        ("eval", "cache", "--evidence", "retrieved"),
        ("eval", "cache", "--worst", "3"),
        ("eval", "cache", "--ablation"),
        ("eval", "cache", "--judge-accuracy", "0.9", "--judge-share", "0.3"),
        ("eval", "grounding", "--judge-accuracy", "0.9"),
        ("eval", "grounding", "--judge-accuracy", "0.4", "--judge-share", "0.3"),
    ],
)
def test_options_that_do_not_fit_are_usage_errors(
    run: Run, data: Path, args: tuple[str, ...]
) -> None:
    assert run(*args, "--data", data).code == 2


def test_missing_data_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    assert run("eval", "cache", "--data", tmp_path / "none.jsonl").code == 2


def test_checks_that_break_are_not_taken_for_figures(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("timeout_ms = 2000", "timeout_ms = 0.000001"))
    data = config.parent / "answers.jsonl"
    data.write_text('{"answer": "Returns are free.", "label": "supported", "context": []}\n')
    done = run("eval", "grounding", "--data", data, "--config", config, "--json")
    assert "checks broke on some answers (timeout=1)" in done.err
    assert json.loads(done.out)["check_failed"] == 1


def test_the_most_wrong_verdicts_are_printed_to_be_read(run: Run, config: Path) -> None:
    data = config.parent / "answers.jsonl"
    row = {"id": "g1", "answer": "Returns cost $90.", "label": "supported", "context": ["No."]}
    data.write_text(json.dumps(row) + "\n")
    done = run("eval", "grounding", "--data", data, "--config", config, "--worst", 3)
    assert "the 1 most wrong verdicts\n  1. line 1 g1: supported by label" in done.out
    assert "answer    Returns cost $90." in done.out
    assert "at_10_false_alarms" in done.out
