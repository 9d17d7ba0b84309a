"""Values that stand on the page, but for something else than the claim says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.match_values import match_values
from validators.grounding.passages import split
from validators.grounding.reading import Reading

TABLE = "| | Nook | Room |\n|---|---|---|\n| Rent | $10 | $20 |\n| Notice | 5 days | 9 days |"
LIST = "Parcels wait:\n- Swift: 10 days\n- Steady: 7 days"


def worst(claim: str, page: str, question: str = "") -> float:
    read, asked = Reading(claim), Reading(question)
    pool = Pool(split(Passage("1", "1", "Terms", page)))
    subject = Subject(read, read, asked, Reading(""), asked)
    found = match_values(subject, pool, align(subject, pool))
    return max((v.misplaced for v in found), default=0.0)


@pytest.mark.parametrize(
    ("page", "right", "wrong", "question"),
    [
        (TABLE, "A Room is $20.", "A Room is $10.", ""),
        (TABLE, "It is $20.", "It is $10.", "What is the rent of a Room?"),
        (TABLE, "A Nook needs 5 days' notice.", "A Nook needs 9 days' notice.", ""),
        (LIST, "It waits 10 days.", "It waits 7 days.", "How long does a Swift parcel wait?"),
        (
            "Return it within 60 days (faulty goods: 120 days).",
            "Faulty goods go back within 120 days.",
            "Faulty goods go back within 60 days.",
            "",
        ),
        (
            "You save 15% on the Hebrides and 25% on the Fjords.",
            "You save 25% on the Fjords.",
            "You save 15% on the Fjords.",
            "",
        ),
        (
            "The Nest costs $240, the Nest Pro $340.",
            "The Nest costs $240 and the Pro $340.",
            "The Nest costs $340 and the Pro $240.",
            "",
        ),
        (
            "Book by 12:00 in zone 3, by 10:00 in zone 5.",
            "You have until 10:00.",
            "You have until 12:00.",
            "When do I book in zone 5?",
        ),
    ],
)
def test_the_value_of_another_is_misplaced(
    page: str, right: str, wrong: str, question: str
) -> None:
    assert worst(right, page, question) == 0
    assert worst(wrong, page, question) > 0.3


def test_the_same_value_elsewhere_excuses_it() -> None:
    page = "The Nest is $9, the Pro $5.\nThe Nest is $5 in the sale."
    assert worst("The Nest is $5 in the sale.", page) == 0


def test_a_claim_without_a_label_is_not_judged() -> None:
    assert worst("It is $10.", TABLE) == 0


@settings(max_examples=60)
@given(st.text(alphabet="Room Nook $10 $20 5 days|,", max_size=80))
def test_it_is_a_share_whatever_the_claim(claim: str) -> None:
    assert 0 <= worst(claim, TABLE) <= 1
