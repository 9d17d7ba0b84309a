import json
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from proxy.cli.evaluate import Report, Wish, evaluate
from proxy.cli.evaluate_grounding import ABLATIONS, GroundingWish, Judging, with_grounding
from proxy.config.load import load_config

RIGHT = {"id": "a", "answer": "Refunds take five working days.", "label": "supported"}
WRONG = {"id": "b", "answer": "Refunds take nine working days.", "label": "unsupported"}
PAGE = {"context": ["We pay refunds within 5 working days."], "kind": "number", "question": "?"}


def measured(config: Path, **wish: Any) -> Report:
    path = config.parent / "answers.jsonl"
    path.write_text("".join(json.dumps(row | PAGE) + "\n" for row in (RIGHT, WRONG)))
    special = GroundingWish(**wish)
    return evaluate(load_config(config), Wish("grounding", path, grounding=special))


def test_only_what_is_wished_for_is_measured(config: Path) -> None:
    figures = measured(config).result.figures
    assert figures["auroc"] == 1
    assert not {"worst", "ablation", "with_judge"} & figures.keys()


def test_the_most_wrong_verdicts_are_listed(config: Path) -> None:
    found = measured(config, worst=5).result.figures["worst"]
    assert {entry["id"] for entry in found} == {"a", "b"}
    wrong = next(entry for entry in found if entry["id"] == "b")
    assert "5 working days" in wrong["quote"]
    assert "nine working days" in wrong["reason"]


def test_where_lines_name_their_pages_retrieval_is_measured(config: Path) -> None:
    assert "retrieval" not in measured(config).result.figures
    path = config.parent / "answers.jsonl"
    row = {**RIGHT, "doc_ids": ["knowledge/returns"], "question": "How long do refunds take?"}
    path.write_text(json.dumps(row) + "\n")
    found = evaluate(load_config(config), Wish("grounding", path)).result.figures["retrieval"]
    assert found["n"] == 1
    assert found["question_and_answer"]["recall_at_5"] == 1.0


def test_each_reader_is_measured_alone(config: Path) -> None:
    found = measured(config, ablation=True).result.figures["ablation"]
    assert list(found) == list(ABLATIONS) == ["rules", "encoder", "cross_encoder", "combined"]
    assert found["rules"]["auroc"] == 1
    assert all(row["at_10_false_alarms"]["groups"] for row in found.values())


def test_a_judge_is_simulated(config: Path) -> None:
    judging = Judging(accuracy=0.9, share=0.5)
    found = measured(config, judging=judging).result.figures["with_judge"]
    assert (found["accuracy"], found["share"]) == (0.9, 0.5)


def test_the_rest_of_the_configuration_stays(config: Path) -> None:
    loaded = load_config(config)
    changed = with_grounding(loaded, "module:Class", {"second_opinion": False})
    before = {b.name: b for b in loaded.config.validators}
    after = {b.name: b for b in changed.config.validators}
    assert after["grounding"].use == "module:Class"
    assert after["grounding"].timeout_ms == before["grounding"].timeout_ms
    assert after["grounding"].options == {**before["grounding"].options, "second_opinion": False}
    assert changed.config.knowledge == loaded.config.knowledge
    assert len(after) == len(before)


def test_no_model_is_asked_by_an_ablation(config: Path) -> None:
    text = config.read_text().replace(
        'use = "grounding"',
        'use = "grounding"\noptions = { threshold = 0.5, judge = { tier = "x" } }',
    )
    config.write_text(text)
    changed = with_grounding(load_config(config), "module:Class", {})
    assert changed.config.validators[0].options == {"threshold": 0.5}


def test_without_grounding_nothing_can_be_taken_apart(config: Path) -> None:
    text = config.read_text().replace('use = "grounding"', 'use = "sensitive_output"')
    config.write_text(text)
    with pytest.raises(ConfigError, match="an ablation needs"):
        with_grounding(load_config(config), "module:Class", {})
