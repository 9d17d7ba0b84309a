from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from validators.base import PiiSpan
from validators.pii.spans import resolve

SPANS = st.lists(
    st.builds(
        lambda start, width, kind, score: PiiSpan(start, start + width, kind, score),
        st.integers(0, 30),
        st.integers(1, 8),
        st.sampled_from(["PERSON", "ADDRESS"]),
        st.sampled_from([0.5, 0.9]),
    ),
    max_size=8,
)


def test_the_highest_score_names_the_union() -> None:
    low, high = PiiSpan(0, 5, "PERSON", 0.5), PiiSpan(3, 9, "ADDRESS", 0.9)
    assert resolve([low, high]) == (PiiSpan(0, 9, "ADDRESS", 0.9),)


def test_spans_that_touch_stay_apart() -> None:
    first, second = PiiSpan(0, 5, "PERSON", 0.5), PiiSpan(5, 9, "ADDRESS", 0.9)
    assert resolve([second, first]) == (first, second)


@settings(max_examples=100)
@given(SPANS, st.randoms())
def test_disjoint_ordered_covering_and_independent_of_order(
    spans: list[PiiSpan], random: Random
) -> None:
    result = resolve(spans)
    assert all(a.end <= b.start for a, b in pairwise(result))
    covered = {i for s in spans for i in range(s.start, s.end)}
    assert {i for s in result for i in range(s.start, s.end)} == covered
    random.shuffle(spans)
    assert resolve(spans) == result
