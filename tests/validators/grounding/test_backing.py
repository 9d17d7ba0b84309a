import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.backing import backing_features
from validators.grounding.passages import split
from validators.grounding.reading import Reading

PAGE = (
    "Members of the mid-tier plan may raise their limit after 90 days. "
    "Members of the entry-tier plan may raise it after 120 days. "
    "The Gold Card adds 0.5% to your rate. Returns need a photo of the maintenance label."
)


def measured(claim: str, question: str = "", *, elliptic: bool = False) -> dict[str, float]:
    read, asked, none = Reading(claim), Reading(question), Reading("")
    pool = Pool(split(Passage("1", "1", "Limits", PAGE)))
    subject = Subject(read, read, asked, none, none, elliptic)
    return backing_features(subject, pool, align(subject, pool))


def test_a_quotation_is_backed_in_full() -> None:
    found = measured("The Gold Card adds 0.5% to your rate.")
    assert (found["backed"], found["verbatim"], found["quoted"]) == (1, 1, 1)
    assert (found["invented"], found["definition"], found["scattered"]) == (0, 0, 0)


def test_an_invented_definition_is_not_backed() -> None:
    found = measured("The Gold Card is a charity that sells cryptocurrency wallets.")
    assert found["definition"] > 0.9
    assert found["invented"] > 0.4
    assert found["verbatim"] == 0


def test_two_sentences_may_back_a_claim_together() -> None:
    found = measured("The Gold Card adds to your rate, and returns need a photo.")
    assert found["backed"] == 1


def test_a_word_of_the_same_family_counts_in_part() -> None:
    assert 0 < measured("A returnable photo.")["backed"] < 1


def test_what_the_customer_said_is_no_invention() -> None:
    claim = "Your cryptocurrency wallet is covered."
    asked = measured(claim, "Is my cryptocurrency wallet covered?")
    assert asked["invented"] < measured(claim)["invented"]
    assert asked["adds_nothing"] == 1


@pytest.mark.parametrize(("tier", "other"), [("entry-tier", 1.0), ("mid-tier", 0.0)])
def test_an_answer_about_the_sibling_is_seen(tier: str, other: float) -> None:
    found = measured(f"Your {tier} plan may raise it.", "Can I raise my mid-tier limit?")
    assert found["sibling"] == other


def test_a_number_of_the_customers_in_place_of_the_pages_is_seen() -> None:
    found = measured("You may raise your mid-tier limit after 30 days.", "Is it 30 days?")
    assert found["value_echo"] == 1


def test_a_bare_reply_is_as_loose_as_the_question_is_foreign() -> None:
    near = measured("Does the Gold Card add to my rate", elliptic=True)
    far = measured("Do you ship elephants to Lisbon", elliptic=True)
    assert near["reply_loose"] < 0.1
    assert far["reply_loose"] > 0.9


@settings(max_examples=60)
@given(st.text(alphabet="gold card is a mid-tier 90 days.", max_size=120))
def test_measures_stay_within_bounds(text: str) -> None:
    assert all(0 <= v <= 1 for v in measured(text, "mid-tier?").values())
