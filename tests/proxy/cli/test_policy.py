import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_an_intent_is_tightened_and_relaxed(run: Run, config: Path) -> None:
    done = run("policy", "tighten", "refund", "--config", config, "--by", "Ann")
    assert done.code == 0
    assert "tighten intent refund by Ann" in done.out
    assert "undo with: handrail policy relax refund" in done.out
    assert "goes to people since" in run("check", "--config", config).err
    done = run("policy", "relax", "refund", "--config", config)
    assert "Nothing is tightened" in done.out
    assert "goes to people" not in run("check", "--config", config).err


def test_everything_is_tightened_and_relaxed(run: Run, config: Path) -> None:
    shown = json.loads(run("policy", "tighten", "--all", "--config", config, "--json").out)
    assert (shown["all"], shown["intents"]) == (True, [])
    assert "Everything goes to people" in run("policy", "log", "--config", config).out
    shown = json.loads(run("policy", "relax", "--all", "--config", config, "--json").out)
    assert shown["all"] is False
    assert [c["what"] for c in shown["changes"]] == ["tighten", "relax"]
    assert all(c["who"].endswith("at the command line") for c in shown["changes"])


def test_an_unknown_intent_is_told(run: Run, config: Path) -> None:
    done = run("policy", "tighten", "refnd", "--config", config)
    assert done.code == 1
    assert "there is no intent 'refnd'; known: account_closure" in done.err
    assert not (config.parent / "data").exists()


def test_an_intent_that_the_policy_lost_can_be_relaxed(run: Run, config: Path) -> None:
    assert run("policy", "relax", "gone", "--config", config).code == 0


@pytest.mark.parametrize("args", [["tighten"], ["tighten", "refund", "--all"], ["relax"]])
def test_one_of_intent_and_all_is_needed(run: Run, config: Path, args: list[str]) -> None:
    done = run("policy", *args, "--config", config)
    assert done.code == 2
    assert "--all" in done.err
