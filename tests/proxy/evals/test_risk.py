from collections.abc import Sequence

import pytest

from policies.errors import ConfigError
from policies.messages import Message
from policies.policy import Risk
from policies.turn import Classification
from proxy.evals.risk import Case, parse, run, score
from proxy.evals.rows import Row


class Words:
    """Sees a legal threat in `sue`, anger in capitals."""

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        text = conversation[-1].text
        risks = {Risk.LEGAL_THREAT: 1.0} if "sue" in text.casefold() else {}
        return Classification(
            "x", 1.0, risks={**risks, **({Risk.ANGRY: 1.0} if text.isupper() else {})}
        )


def test_a_line_is_read() -> None:
    assert parse(Row("f", 1, {"text": "a", "label": "none"})) == Case("a", "none")
    with pytest.raises(ConfigError, match="f:3: label: must be one of none, legal_threat"):
        parse(Row("f", 3, {"text": "a", "label": "lawsuit"}))


async def test_recall_and_false_alarms() -> None:
    cases = [
        Case("I will sue", "legal_threat"),
        Case("see you in court", "legal_threat"),
        Case("HELLO", "none"),
        Case("hello", "none"),
    ]
    result = await run(cases, Words())
    assert result.figures["recall"] == 0.5
    assert result.figures["false_alarms"] == 0.5
    assert result.figures["per_label"] == {"legal_threat": {"n": 2, "recall": 0.5}}
    assert result.figures["false_alarms_per_label"] == {"angry": 0.5}
    assert result.predictions[0] == {"labels": ["legal_threat"]}


def test_another_label_is_no_recall() -> None:
    figures = score([Case("x", "hardship")], [frozenset({"angry"})])
    assert figures["recall"] == 0
    assert figures["recall_any_label"] == 1
    assert figures["false_alarms"] is None
