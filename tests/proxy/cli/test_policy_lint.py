from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.cli.policy_lint import lint_policy
from proxy.config.load import load_config
from proxy.policy_log import ENOUGH
from proxy.secrets import private_folder
from proxy.stores import open_records
from proxy.switch.file import FILE

Lint = Callable[[], list[str]]


@pytest.fixture
def lint(config: Path) -> Lint:
    return lambda: [str(problem) for problem in lint_policy(load_config(config))]


def change(config: Path, old: str, new: str) -> None:
    path = config.parent / "policies" / "support.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_what_is_shipped_gives_no_warning_and_makes_nothing(lint: Lint, config: Path) -> None:
    assert lint() == []
    assert not (config.parent / "data").exists()


def test_a_rule_without_effect_names_its_line(lint: Lint, config: Path) -> None:
    change(config, "contacts_from = 2\n", "contacts_from = 3\nintents = ['refund']\n")
    (said,) = lint()
    assert "rules[0]: rule 'angry and back again' changes nothing" in said
    path, line, _ = said.split(":", 2)
    assert Path(path).read_text().splitlines()[int(line) - 1] == "[[rules]]"


def test_examples_that_collide_are_shown(lint: Lint, config: Path) -> None:
    change(config, '"How do I return something?"', '"How long do refunds take, please?"')
    (said,) = lint()
    assert "is nearly the same as 'How long do refunds take?" in said or "refunds take" in said
    assert "cosine" in said


def test_a_threshold_that_no_logged_answer_met_is_told(lint: Lint, config: Path) -> None:
    records = open_records(private_folder(config.parent / "data"))
    for number in range(ENOUGH):
        intent = {"name": "delivery", "score": 0.9}
        row = {"id": f"hr_{number}", "action": "escalate", "intent": intent, "confidence": 0.31}
        records.save_decision(row)
    records.close()
    (said,) = lint()
    assert "intents.delivery.min_confidence" in said
    assert "highest 0.31" in said


def test_a_log_that_can_not_be_read_is_a_warning(lint: Lint, config: Path) -> None:
    folder = private_folder(config.parent / "data")
    (folder / "records.db").write_bytes(b"no database at all" * 100)
    (said,) = lint()
    assert "the decision log was not looked at" in said


def test_a_switch_that_can_not_be_read_is_a_warning(lint: Lint, config: Path) -> None:
    (private_folder(config.parent / "data") / FILE).mkdir()
    (said,) = lint()
    assert "everything goes to people" in said
