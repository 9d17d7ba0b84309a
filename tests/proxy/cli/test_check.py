import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_good_configuration_is_summed_up(run: Run, config: Path) -> None:
    checked = run("check", "--config", config, "--strict")
    assert checked.code == 0
    assert "is valid: 1 pages" in checked.out
    assert "calibration of confidence: none" in checked.out
    assert not (config.parent / "data").exists()


def test_the_same_for_machines(run: Run, config: Path) -> None:
    shown = json.loads(run("check", "--config", config, "--json").out)
    assert shown["ok"] is True
    assert shown["problems"] == shown["warnings"] == []
    assert shown["pages"] == 1
    assert shown["passages"] > 0
    assert shown["validators"] == 1


def test_the_calibration_is_named_and_checked(run: Run, config: Path) -> None:
    text = config.read_text()
    assert text.count("[policy]\n") == 1
    config.write_text(text.replace("[policy]\n", '[policy]\ncalibration = "fitted.json"\n'))
    missing = run("check", "--config", config)
    assert missing.code == 1
    assert "fitted.json: there is no such file; `handrail calibrate` writes one" in missing.err
    (config.parent / "fitted.json").write_text('{"version": 1, "label": "refunds, 812 answers"}')
    shown = json.loads(run("check", "--config", config, "--json").out)
    assert shown["calibration"] == "refunds, 812 answers"


def test_a_wrong_key_names_its_line(run: Run, config: Path) -> None:
    text = config.read_text().replace("admin_port", "admin_prot")
    config.write_text(text)
    line = text[: text.index("admin_prot")].count("\n") + 1
    checked = run("check", "--config", config)
    assert checked.code == 1
    assert f"{config}:{line}: server.admin_prot: unknown key; did you mean" in checked.err


def test_problems_of_all_files_are_told_at_once(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace('use = "grounding"', 'use = "no:Such"'))
    policy = config.parent / "policies" / "support.toml"
    policy.write_text("version = 2\n")
    (config.parent / "knowledge" / "empty.md").write_text("")
    checked = run("check", "--config", config, "--json")
    assert checked.code == 1
    found = json.loads(checked.out)["problems"]
    assert {Path(p["file"]).name for p in found} == {"support.toml", "empty.md", "config.toml"}


def test_strict_makes_warnings_fail(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + '\n[tiers.spare]\nmodels = ["pages"]\n')
    checked = run("check", "--config", config)
    assert checked.code == 0
    assert "tiers.spare: warning: no alias uses it" in checked.err
    assert run("check", "--config", config, "--strict").code == 1
    strict = json.loads(run("check", "--config", config, "--strict", "--json").out)
    assert strict["ok"] is False
    assert strict["warnings"][0]["key"] == "tiers.spare"


def test_a_missing_file_is_a_problem(run: Run, tmp_path: Path) -> None:
    checked = run("check", "--config", tmp_path / "none.toml")
    assert checked.code == 1
    assert "no such file" in checked.err
