from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.adapters.plain import plain_pair
from validators.grounding.align import Pool
from validators.grounding.judge import compared
from validators.grounding.passages import PassageReader

PAGE = Passage(
    "r",
    "r",
    "Returns",
    "Unused items can be returned within 30 days of delivery. Sale items are excluded.\n"
    "Furniture is collected by a carrier.",
    headings=("Help",),
)
SECOND = Passage("d", "d", "Delivery", "Items are delivered within 30 days.")


def pairs(text: str, *pages: Passage) -> list[tuple[str, str]]:
    pool = Pool(PassageReader().units(pages or (PAGE,)))
    found = compared(text, "Can I return items?", pool)
    return [plain_pair(c.subject, c.matches, pool.units) for _, c in found]


def test_claim_and_evidence_are_plain_words_under_their_headings() -> None:
    ((claim, evidence),) = pairs("Unused items can be returned within 30 days.")
    assert claim == "Unused items can be returned within 30 days."
    assert evidence.startswith("Returns. Help: Unused items can be returned within 30 days")


def test_the_sentence_after_the_best_is_shown_too() -> None:
    ((_, evidence),) = pairs("Unused items can be returned within 30 days.")
    assert "Sale items are excluded." in evidence


def test_pages_keep_their_order_and_titles() -> None:
    ((_, evidence),) = pairs("Items are delivered within 30 days.", PAGE, SECOND)
    assert evidence.index("Returns.") < evidence.index("Delivery. Items are delivered")


def test_what_it_refers_to_stands_on_a_line_before() -> None:
    claim, _ = pairs("Unused items can be returned. They must be sent within 30 days.")[-1]
    assert claim == "Unused items can be returned.\nThey must be sent within 30 days."


def test_without_matches_there_is_no_evidence() -> None:
    pool = Pool(())
    ((_, found),) = compared("Unused items can be returned.", "?", pool)
    assert plain_pair(found.subject, found.matches, pool.units)[1] == ""


@given(st.text(alphabet="ab .\n|#:", max_size=2000))
def test_both_sides_stay_short_and_the_claim_is_one_line(noise: str) -> None:
    page = Passage("r", "r", "Returns", f"{PAGE.text} {noise} returned items {'word ' * 500}")
    for claim, evidence in pairs(f"Unused items can be returned {noise}", page):
        assert claim.count("\n") <= 1
        assert len(claim.split()) <= 120
        # The best sentence is always shown; it and the headings come on top of the limit.
        assert len(evidence.split()) <= 240 + 240 + 60
