from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.duplicates import Section, copies, jaccard

TEXT = (
    "You can return an unused product within 30 days of delivery. Pack it well and hand it over "
    "at any branch. Keep the receipt until the money is back on your account, please."
)


def found(*sections: Section) -> list[tuple[int, int, bool]]:
    return [(c.first, c.second, c.likeness == 1.0) for c in copies(sections, Deadline(None))]


def section(page: str, text: str = TEXT, key: str = "") -> Section:
    return Section(page, key, text)


def test_equal_words_are_copies_whatever_the_case_and_marks() -> None:
    assert found(section("a"), section("b", TEXT.upper().replace(".", "!"))) == [(0, 1, True)]


def test_nearly_equal_text_is_a_copy_unless_a_number_differs() -> None:
    assert found(section("a"), section("b", TEXT.replace(", please", ""))) == [(0, 1, False)]
    assert found(section("a"), section("b", TEXT.replace("30", "60"))) == []


def test_what_is_no_copy() -> None:
    assert found(section("a"), section("a")) == []
    assert found(section("a", key="DE"), section("b", key="SE")) == []
    assert found(section("a", "See below."), section("b", "See below.")) == []


def test_many_copies_cost_no_square() -> None:
    sections = [section(f"p{n}", f"{TEXT} {'again ' * (n % 2)}") for n in range(400)]
    assert 399 <= len(found(*sections)) < 2000


def test_a_deadline_ends_the_search_for_near_copies() -> None:
    now = iter(range(10))
    deadline = Deadline(0.0, lambda: float(next(now)))
    sections = [section("a"), section("b", f"{TEXT} Thanks.")]
    assert list(copies(sections, deadline)) == []
    assert deadline.hit


@given(st.lists(st.text(alphabet="ab 1", min_size=20, max_size=60), max_size=8))
def test_pairs_are_of_different_pages_and_in_order(texts: list[str]) -> None:
    for copy in copies([section(f"p{n}", text) for n, text in enumerate(texts)], Deadline(None)):
        assert copy.first < copy.second
        assert 0.75 <= copy.likeness <= 1.0


@given(st.frozensets(st.integers()), st.frozensets(st.integers()))
def test_jaccard(a: frozenset[int], b: frozenset[int]) -> None:
    assert jaccard(a, b) == jaccard(b, a)
    assert jaccard(a, a) == 1.0
