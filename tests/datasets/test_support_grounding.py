"""The published corpus keeps its form: every line, every pair, every split."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tools.corpus_check import auroc, problems, read

FOLDER = Path(__file__).parents[2] / "datasets" / "support-grounding"


@pytest.fixture(scope="module")
def corpus() -> dict[str, list[dict[str, str]]]:
    return {what: read(FOLDER, what) for what in ("pages", "claims", "answers")}


def test_every_line_has_its_form(corpus: dict[str, list[dict[str, str]]]) -> None:
    assert list(problems(**corpus)) == []
    assert len(corpus["claims"]) >= 8000
    assert len(corpus["answers"]) >= 1500


def test_labels_are_balanced(corpus: dict[str, list[dict[str, str]]]) -> None:
    for what in ("claims", "answers"):
        labels = Counter(row["label"] for row in corpus[what])
        assert 0.45 < labels["supported"] / labels.total() < 0.55


def test_each_company_is_in_one_split(corpus: dict[str, list[dict[str, str]]]) -> None:
    splits = json.loads((FOLDER / "splits.json").read_text("utf-8"))
    names = [name for split in splits.values() for name in split]
    assert len(names) == len(set(names))
    assert {page["company"] for page in corpus["pages"]} == set(names)


def test_a_second_reader_agreed() -> None:
    lines = (FOLDER / "second_labels.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 300
    assert sum(row["label"] == row["second"] for row in rows) >= 290


PAGE = {"page_id": "p", "company": "c", "title": "t", "text": "x"}
GOOD = {"page_id": "p", "claim": "a", "label": "supported", "kind": "supported", "pair": "p_a"}
BAD = {"page_id": "p", "claim": "b", "label": "unsupported", "kind": "number", "pair": "p_a"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**BAD, "page_id": "q"}, "no page q"),
        ({**BAD, "kind": "odd"}, "unknown kind"),
        ({**BAD, "label": "supported"}, "disagree"),
        ({**BAD, "pair": "p_b"}, "one label only"),
    ],
)
def test_what_breaks_the_form_is_named(row: dict[str, str], said: str) -> None:
    assert list(problems([PAGE], [GOOD, BAD], [])) == []
    assert any(said in found for found in problems([PAGE], [GOOD, row], []))


def test_an_answer_names_its_wrong_sentence() -> None:
    answer = {"page_id": "p", "answer": "A. B.", "label": "unsupported", "kind": "number"}
    assert list(problems([PAGE], [], [{**answer, "bad_sentence": "B."}])) == []
    assert list(problems([PAGE], [], [{**answer, "bad_sentence": "C."}]))
    assert list(problems([PAGE], [], [{**answer, "bad_sentence": None}]))


def test_ties_count_half() -> None:
    assert auroc([True, False], np.array([1, 1], np.float32)) == pytest.approx(0.5)
    assert auroc([True, False], np.array([2, 1], np.float32)) == pytest.approx(1.0)
