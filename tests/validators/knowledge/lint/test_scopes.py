from typing import Any

from policies.knowledge import Audience
from validators.knowledge.lint.scopes import internal_links, scope_faults


def test_a_rare_spelling_of_a_frequent_value_is_told(make_page: Any) -> None:
    pages = [make_page("T", "x", f"p{n}", scope={"market": "germany"}) for n in range(8)]
    odd = make_page("T", "x", "odd", scope={"market": "Germany "})
    wrong = make_page("T", "x", "wrong", scope={"market": "germny"})
    assert [f.page.id for f in scope_faults([*pages, wrong])] == ["wrong"]
    assert [f.page.id for f in scope_faults([*pages, odd])] == ["odd"]


def test_a_rare_spelling_of_a_key_is_told(make_page: Any) -> None:
    pages = [make_page("T", "x", f"p{n}", scope={"market": "DE"}) for n in range(8)]
    (fault,) = scope_faults([*pages, make_page("T", "x", "odd", scope={"markets": "DE"})])
    assert "'markets'" in fault.message


def test_different_values_are_no_slip(make_page: Any) -> None:
    pages = [
        make_page("T", "x", f"{m}{n}", scope={"market": m}) for m in ("DE", "SE") for n in "abcde"
    ]
    assert list(scope_faults([*pages, make_page("T", "x", "fr", scope={"market": "FR"})])) == []


def test_customer_pages_that_name_internal_ones(make_page: Any) -> None:
    inner = make_page("Internal: Goodwill limits", "x", "i", audience=Audience.INTERNAL)
    naming = make_page("Refunds", "See the page Goodwill limits for more.", "a")
    other = make_page("Parcels", "There are limits to goodwill.", "b")
    (fault,) = internal_links([inner, naming, other])
    assert (fault.page.id, fault.other) == ("a", inner)
