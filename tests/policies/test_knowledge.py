import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Origin, Passage, applies

scopes = st.dictionaries(
    st.sampled_from(["market", "merchant", "plan"]), st.sampled_from(["de", "SE", "gold"])
)


@pytest.mark.parametrize(
    ("page", "request_scope", "expected"),
    [
        ({}, {}, True),
        ({}, {"market": "DE"}, True),
        ({"market": "DE"}, {"market": "de"}, True),
        ({"market": "DE"}, {"market": "SE"}, False),
        ({"market": "DE"}, {}, False),
        ({"market": "DE", "plan": "gold"}, {"market": "DE"}, False),
        ({"market": "DE", "plan": "gold"}, {"market": "DE", "plan": "gold", "x": "y"}, True),
    ],
)
def test_a_page_is_evidence_only_where_it_applies(
    page: dict[str, str], request_scope: dict[str, str], expected: bool
) -> None:
    assert applies(page, request_scope) is expected


@given(scopes, scopes, st.sampled_from(["market", "merchant", "plan"]), st.text(min_size=1))
def test_a_narrower_page_never_applies_more_often(
    page: dict[str, str], asked: dict[str, str], key: str, value: str
) -> None:
    if key not in page and applies({**page, key: value}, asked):
        assert applies(page, asked)


@pytest.mark.parametrize("origin", Origin)
def test_only_what_every_customer_may_see_is_shared(origin: Origin) -> None:
    passage = Passage("p#0", "p", "", "text", origin=origin)
    assert passage.shared is (origin in {Origin.KNOWLEDGE, Origin.SYSTEM})
