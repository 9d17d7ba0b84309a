"""Yes and no in the cell that a claim speaks of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.cells import cell_features
from validators.grounding.passages import split
from validators.grounding.reading import Reading

PAGE = (
    "| | Locker | Branch |\n|---|---|---|\n| Fridge items | no | yes |\n| Pets | no | no |\n"
    "| Parking | \u2013 | included |\n| Rent | $3 | $5 |"
)


def measured(claim: str, question: str = "") -> tuple[float, float]:
    read, asked = Reading(claim), Reading(question)
    pool = Pool(split(Passage("1", "1", "Places", PAGE)))
    subject = Subject(read, read, asked, Reading(""), asked)
    found = cell_features(subject, pool, align(subject, pool))
    return found["cell_agrees"], found["cell_conflicts"]


@pytest.mark.parametrize(
    ("claim", "question", "expected"),
    [
        ("A branch takes fridge items.", "", (1, 0)),
        ("A branch doesn't take fridge items.", "", (0, 1)),
        ("A locker takes fridge items.", "", (0, 1)),
        ("A locker doesn't take fridge items.", "", (1, 0)),
        ("Fridge items aren't taken there.", "Can the branch keep them?", (0, 1)),
        ("Pets are welcome.", "", (0, 1)),
        ("A locker has no parking.", "", (1, 0)),
        ("Fridge items are taken.", "", (0, 0)),
        ("The branch rent is $5.", "", (0, 0)),
        ("Fridge items go to a locker or a branch.", "", (0, 0)),
    ],
)
def test_the_named_cell_decides(claim: str, question: str, expected: tuple[float, float]) -> None:
    assert measured(claim, question) == expected


def test_a_bare_reply_says_nothing_of_its_own() -> None:
    read, none = Reading("Fridge items in a locker"), Reading("")
    pool = Pool(split(Passage("1", "1", "Places", PAGE)))
    subject = Subject(read, read, none, none, none, elliptic=True)
    assert not any(cell_features(subject, pool, align(subject, pool)).values())


@settings(max_examples=60)
@given(st.text(alphabet="fridge items locker branch not |", max_size=60))
def test_never_both(claim: str) -> None:
    agrees, conflicts = measured(claim)
    assert agrees + conflicts <= 1
