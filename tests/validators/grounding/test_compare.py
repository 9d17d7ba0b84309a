from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject
from validators.grounding.compare import compare
from validators.grounding.passages import split
from validators.grounding.reading import Reading
from validators.grounding.rules import load

PAGE = "# Returns\nUnused items can be returned within 30 days for a full refund.\n| A | $5 |"


def measured(claim: str) -> dict[str, float]:
    read, none = Reading(claim), Reading("")
    pool = Pool(split(Passage("1", "1", "Returns", PAGE)))
    return dict(compare(Subject(read, read, none, none, none), pool).features)


def test_features_are_those_that_have_weights() -> None:
    assert measured("Items can be returned.").keys() == load().weights.keys()


def test_a_verbatim_claim_is_covered() -> None:
    found = measured("Unused items can be returned within 30 days for a full refund.")
    assert found["coverage"] == found["coverage_pool"] == 1
    assert found["novel"] == 0


@settings(max_examples=60)
@given(st.text(alphabet="items returned 30 days $5 not A|.,", max_size=120))
def test_features_stay_within_bounds(text: str) -> None:
    assert all(-1.5 <= v <= 1.5 for v in measured(text).values())
