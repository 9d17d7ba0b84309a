import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proxy.cli.ask import alias_for
from proxy.config.model import Config

Run = Callable[..., Any]


def test_an_answer_comes_with_its_evidence(run: Run, config: Path) -> None:
    asked = run("ask", "How long do refunds take?", "--config", config, "--trace")
    assert asked.code == 0
    assert "5 working days" in asked.out.splitlines()[0]
    assert "action      pass" in asked.out
    assert "Returns and refunds: " in asked.out
    assert "handrail.redact" in asked.out
    assert "\x1b[" not in asked.out


def test_a_handoff_on_trial_stays_on_trial(run: Run, config: Path) -> None:
    asked = run("ask", "My lawyer will sue you, I am Jane Miller", "--config", config, "--json")
    shown = json.loads(asked.out)
    assert shown["action"] == "escalate"
    assert shown["reason"] == "immediate_intent"
    assert shown["reply"]
    assert "Jane Miller" not in shown["question"]
    assert not (config.parent / "data").exists()


def test_a_model_that_does_not_exist_is_an_error(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace('[aliases."*"]', "[aliases.shop]"))
    asked = run("ask", "hi", "--config", config, "--model", "other")
    assert asked.code == 1
    assert "--model from: shop" in asked.err


def test_without_an_alias_that_checks_there_is_nobody_to_ask(run: Run, config: Path) -> None:
    text = config.read_text().replace('profile = "support"', 'profile = "utility"')
    config.write_text(text)
    asked = run("ask", "hi", "--config", config)
    assert asked.code == 1
    assert "--model" in asked.err


@pytest.mark.parametrize(
    ("aliases", "wanted", "sent"),
    [
        ({"*": "support"}, None, "default"),
        ({"*": "support"}, "gpt", "gpt"),
        ({"title": "utility", "chat": "support"}, None, "chat"),
        ({"title": "utility", "chat": "support"}, "title", "title"),
        ({"*": "utility", "chat": "support"}, None, "chat"),
        ({"*": "support", "default": "utility"}, None, "*"),
    ],
)
def test_what_is_sent_as_model(aliases: dict[str, str], wanted: str | None, sent: str) -> None:
    table = {name: {"tiers": ["t"], "profile": profile} for name, profile in aliases.items()}
    config = Config.model_validate({"version": 1, "aliases": table})
    assert alias_for(config, wanted) == sent


@pytest.mark.parametrize("args", [(), ("a", "b"), ("a", "--scope", "x")])
def test_wrong_usage_is_told_apart_from_failure(run: Run, args: tuple[str, ...]) -> None:
    assert run("ask", *args).code == 2
