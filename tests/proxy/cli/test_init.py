from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.load import load_policy
from proxy.cli.init import starter_files
from proxy.config.load import load_config

Run = Callable[..., Any]


def test_a_new_folder_holds_a_valid_configuration(run: Run, tmp_path: Path) -> None:
    made = run("init", tmp_path / "shop")
    assert made.code == 0
    loaded = load_config(tmp_path / "shop" / "config.toml")
    assert loaded.warnings == ()
    assert load_policy(loaded.find(loaded.config.policy.file)).intents
    assert all((tmp_path / "shop" / name).is_file() for name in starter_files())
    assert "handrail check" in made.out


def test_nothing_is_overwritten_nor_half_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    refused = run("init", tmp_path)
    assert refused.code == 1
    assert "exists already" in refused.err
    assert (tmp_path / "config.toml").read_text() == "mine"
    assert not (tmp_path / "policies").exists()


def test_a_folder_that_cannot_be_made_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("init", tmp_path / "file" / "below")
    assert refused.code == 1
    assert "can't be written" in refused.err


def test_the_policy_is_the_shipped_one() -> None:
    assert "[intents.out_of_scope]" in starter_files()["policies/support.toml"]
