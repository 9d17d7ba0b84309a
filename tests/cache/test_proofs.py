from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.proofs import hold, page_of, proofs, sources
from policies.knowledge import Audience, Passage

FIRST = Passage("r#0", "r", "Returns", "Parcels go back\nwithin 30 days.")
SECOND = Passage("r#1", "r", "Returns", "Shoes must be clean.")
OTHER = Passage("d#0", "d", "Delivery", "Two days.")
CLAIMS: list[dict[str, Any]] = [
    {"evidence": [{"source_id": "r", "quote": "Parcels go back within 30 days."}]}
]
KNOWN = proofs(CLAIMS, [FIRST, SECOND])


def changed(passage: Passage, **changes: Any) -> Passage:
    fields = {name: getattr(passage, name) for name in Passage.__slots__}
    return Passage(**{**fields, **changes})


def test_an_answer_names_its_pages() -> None:
    assert sources(CLAIMS) == ("r",)
    assert [page_of(proof) for proof in KNOWN] == ["r"]


def test_it_stands_while_its_passage_stands() -> None:
    assert hold(KNOWN, [FIRST, SECOND], {})
    assert hold(KNOWN, [FIRST, changed(SECOND, text="Shoes may be worn.")], {})
    assert hold(KNOWN, [changed(FIRST, id="r#7", score=3.0), OTHER], {})


@pytest.mark.parametrize(
    "now",
    [
        [],
        [SECOND],
        [changed(FIRST, text="Parcels go back within 14 days."), SECOND],
        [changed(FIRST, title="Returns in Sweden"), SECOND],
        [changed(FIRST, headings=("Shoes",)), SECOND],
        [changed(FIRST, audience=Audience.INTERNAL), SECOND],
        [changed(FIRST, source_id="copy"), SECOND],
        [changed(FIRST, scope={"market": "SE"}), SECOND],
    ],
)
def test_it_dies_when_its_passage_changes(now: list[Passage]) -> None:
    assert not hold(KNOWN, now, {})


def test_a_quote_of_no_single_passage_rests_on_the_whole_page() -> None:
    claims = [{"evidence": [{"source_id": "r", "quote": "30 days. Shoes must"}]}]
    known = proofs(claims, [FIRST, SECOND])
    assert hold(known, [FIRST, SECOND], {})
    assert not hold(known, [FIRST, changed(SECOND, text="Shoes may be worn.")], {})


def test_a_shortened_quote_is_found() -> None:
    claims = [{"evidence": [{"source_id": "r", "quote": "Parcels go back\u2026"}]}]
    assert proofs(claims, [FIRST, SECOND]) == KNOWN


def test_without_evidence_nothing_stands() -> None:
    assert proofs([{"evidence": []}], [FIRST]) == ()
    assert proofs(CLAIMS, [OTHER]) == ()
    assert not hold((), [FIRST], {})


@given(st.text(min_size=1))
def test_any_other_text_is_other_evidence(text: str) -> None:
    assert hold(KNOWN, [changed(FIRST, text=text)], {}) == (text == FIRST.text)
