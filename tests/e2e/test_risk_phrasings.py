"""Risks in fresh words, with the policy and the encoder that are shipped."""

import json
from pathlib import Path

import pytest

import policies
from policies.load import load_policy
from policies.policy import Risk
from validators.encoder.onnx import OnnxEncoder
from validators.risk.detect import RiskDetector

LINES = (
    (Path(__file__).parents[1] / "validators" / "risk" / "phrasings.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
)
ROWS = [json.loads(line) for line in LINES]


@pytest.fixture(scope="module")
def detector() -> RiskDetector:
    return RiskDetector(OnnxEncoder(), load_policy(Path(policies.__file__).parent / "support.toml"))


@pytest.mark.parametrize("risk", Risk)
def test_nearly_all_phrasings_of_a_risk_are_noticed(detector: RiskDetector, risk: Risk) -> None:
    texts = [row["text"] for row in ROWS if row["label"] == risk.value]
    missed = [text for text in texts if risk not in detector.read([text]).risks]
    assert len(texts) >= 40
    assert len(missed) <= 0.15 * len(texts), missed


def test_look_alikes_seldom_raise_a_risk(detector: RiskDetector) -> None:
    texts = [row["text"] for row in ROWS if row["label"] == "none"]
    raised = [text for text in texts if detector.read([text]).risks]
    assert len(raised) <= 0.1 * len(texts), raised
