import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject
from validators.grounding.compare import compare
from validators.grounding.contrasts import TOLD
from validators.grounding.passages import split
from validators.grounding.reading import Reading

PAGE = "Members can return unused items within 14 days if they send the receipt."
WORDS = st.lists(
    st.sampled_from([*PAGE.rstrip(".").split(), "never", "all", "Gold", "only", "unless", "we"]),
    min_size=1,
    max_size=14,
).map(" ".join)


@pytest.mark.parametrize("aspect", sorted(TOLD))
@given(claim=WORDS)
@settings(max_examples=25)
def test_each_is_one_sentence_that_names_the_page_or_quotes_it(aspect: str, claim: str) -> None:
    read, none = Reading(claim), Reading("")
    pool = Pool(split(Passage("1", "1", "Returns", PAGE)))
    about = compare(Subject(read, read, none, none, none), pool)
    if not about.matches:
        return
    told = TOLD[aspect](about)
    assert told[0].isupper()
    assert told.endswith(".")
    assert "\n" not in told
    assert "Returns" in told or PAGE.rstrip(".") in told
