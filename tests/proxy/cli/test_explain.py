import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def ask(run: Run, config: Path, tmp_path: Path) -> Callable[..., Any]:
    def ask_(said: str, *args: str, **more: Any) -> Any:
        path = tmp_path / "request.json"
        path.write_text(json.dumps({"messages": [{"role": "user", "content": said}], **more}))
        return run("explain", path, "--config", config, *args)

    return ask_


def test_an_ordinary_question_is_explained(ask: Any, config: Path) -> None:
    done = ask("How long do refunds take?", "--contacts", "2")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("intent      refund")
    assert "contact     2" in lines
    assert any(line.startswith("outcome     a machine may answer") for line in lines)
    assert "    as contact 3 on the matter" in lines
    assert "    with an amount above 100 EUR" in lines
    assert not (config.parent / "data").exists()


def test_the_same_for_machines(ask: Any) -> None:
    account = {"order": {"total": 250, "currency": "EUR"}}
    said = "I want my money back. I am Anna Berg, anna@shop.example"
    done = ask(said, "--json", handrail={"account": account})
    assert "Anna" not in done.out
    assert "shop.example" not in done.out
    shown = json.loads(done.out)
    assert shown["intent"]["name"] == "refund"
    assert shown["outcome"]["reason"] == "amount_over_limit"
    assert shown["amounts"] == [{"value": 250.0, "currency": "EUR"}]
    assert any("amount in EUR is above the limit" in line for line in shown["fired"])
    what = {c["what"]: c["outcome"]["automation"] for c in shown["changes"]}
    assert what["without an amount"] == "auto"
    assert shown["routing"]["backup"] == "support"


def test_danger_in_another_language_is_met_at_once(ask: Any) -> None:
    shown = json.loads(ask("Ich will nicht mehr leben.", "--json").out)
    assert list(shown["risks"]) == ["self_harm"]
    assert (shown["language"], shown["texts_in"][0]) == ("de", "de")
    assert shown["outcome"]["model_called"] is False
    assert shown["outcome"]["reason"] == "immediate_intent"
    assert shown["routing"]["queue"] == "care-urgent"


def test_what_an_operator_switched_is_part_of_it(ask: Any, run: Run, config: Path) -> None:
    run("policy", "tighten", "--all", "--config", config)
    done = ask("How long do refunds take?")
    assert "because     an operator has sent everything to people" in done.out
    assert "    once it is relaxed" in done.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "messages is required"),
    ],
)
def test_a_request_that_is_none_is_one_line(
    run: Run, config: Path, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "request.json"
    path.write_text(text)
    done = run("explain", path, "--config", config)
    assert done.code == 1
    assert words in done.err


def test_a_time_that_is_none_is_a_usage_error(ask: Any) -> None:
    assert ask("hello", "--at", "noon").code == 2
