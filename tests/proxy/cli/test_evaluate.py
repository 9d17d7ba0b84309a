import json
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from proxy.cli.evaluate import Report, Wish, evaluate
from proxy.cli.evaluate_grounding import GroundingWish
from proxy.config.load import load_config

POLICY = """
version = 1
[intents.refund]
examples = ["I want my money back", "when do I get my refund", "how long do refunds take"]
[intents.delivery]
examples = ["where is my parcel", "when will it arrive", "how much is delivery"]
[risks.legal_threat]
automation = "immediate"
"""


@pytest.fixture(autouse=True)
def _small_policy(config: Path) -> None:
    (config.parent / "policies" / "support.toml").write_text(POLICY)


def measured(config: Path, kind: str, rows: list[dict[str, Any]], **wish: Any) -> Report:
    path = config.parent / f"{kind}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return evaluate(load_config(config), Wish(kind, path, **wish))


def test_grounding_uses_the_configured_pages(config: Path) -> None:
    answer = {"answer": "We refund the price within 5 working days.", "label": "supported"}
    wrong = {"answer": "We refund the price within 9 working days.", "label": "unsupported"}
    ids = {"doc_ids": ["knowledge/returns"], "question": "How long do refunds take?"}
    report = measured(config, "grounding", [answer | ids, wrong | ids])
    good, bad = (p["score"] for p in report.result.predictions)
    assert good > bad
    assert report.result.figures["auroc"] == 1
    assert report.ran_on["evidence"] == "given"
    asked = GroundingWish(retrieve=True)
    retrieved = measured(config, "grounding", [answer | ids, wrong | ids], grounding=asked)
    assert retrieved.result.figures["auroc"] == 1
    assert retrieved.ran_on["evidence"] == "retrieved"
    elsewhere = measured(config, "grounding", [answer | {"context": ["It may rain."]}])
    assert elsewhere.result.predictions[0]["score"] < good


def test_a_page_of_another_knowledge_base_is_an_error(config: Path) -> None:
    row = {"answer": "a", "label": "supported", "doc_ids": ["elsewhere"]}
    with pytest.raises(ConfigError, match="no page elsewhere"):
        measured(config, "grounding", [row])


def test_personal_data_is_found_by_the_configured_redactor(config: Path) -> None:
    text = "Mail jane.miller@example.com please"
    rows = [
        {"text": text, "spans": [{"start": 5, "end": 28, "type": "EMAIL_ADDRESS"}]},
        {"text": "How long do refunds take?", "spans": []},
    ]
    report = measured(config, "pii", rows)
    assert report.result.figures["recall"] == 1
    assert report.result.figures["span_free_touched"] == 0
    assert not (config.parent / "data").exists()


def test_intents_are_those_of_the_policy(config: Path) -> None:
    rows = [{"text": "I want my money back", "intent": "refund"}]
    assert measured(config, "intents", rows).result.figures["accuracy"] == 1


def test_intents_are_learnt_from_a_file(config: Path) -> None:
    train = config.parent / "train.jsonl"
    texts = {
        "weather": ["will it rain", "how warm is it", "is it sunny outside", "snow tomorrow"],
        "music": ["play a song", "turn up the volume", "next track please", "who sings this"],
    }
    rows = [{"text": t, "intent": name} for name, group in texts.items() for t in group]
    train.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = [{"text": "does it rain today", "intent": "weather"}]
    report = measured(config, "intents", asked, train=train, examples=3)
    assert report.result.figures["accuracy"] == 1
    assert (report.ran_on["intents"], report.ran_on["examples"]) == (2, 6)


def test_risks_are_those_of_the_policy(config: Path) -> None:
    rows = [
        {"text": "My lawyer will sue you", "label": "legal_threat"},
        {"text": "Do you sell tents?", "label": "none"},
    ]
    figures = measured(config, "risk", rows).result.figures
    assert figures["recall"] == 1
    assert figures["false_alarms"] == 0


def test_turns_are_decided_by_the_policy(config: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": text}], "expect": expect}
        for text, expect in (
            ("How long do refunds take?", "auto"),
            ("My lawyer will sue you", "immediate"),
        )
    ]
    assert measured(config, "turns", rows).result.figures["accuracy"] == 1
