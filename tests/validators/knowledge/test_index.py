from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage, applies
from validators.knowledge.index import LexicalIndex
from validators.knowledge.query import Weights


def passage(
    number: int, text: str, title: str = "", headings: tuple[str, ...] = (), **scope: str
) -> Passage:
    return Passage(
        id=f"p{number}", source_id="p", title=title, text=text, headings=headings, scope=scope
    )


def ids(found: Sequence[Passage]) -> list[str]:
    return [p.id for p in found]


INDEX = LexicalIndex(
    [
        passage(0, "A refund is paid within five days.", "Refunds"),
        passage(1, "The gold card has no fee.", "Gold Card"),
        passage(2, "The card is gold. Its caf\u00e9 lounge is free.", "Lounges"),
        passage(3, "Delivery takes two days.", "Shipping", ("Refunds of delivery",)),
    ]
)


def test_words_are_found_in_any_form() -> None:
    assert ids(INDEX.search("REFUNDED"))[0] == "p0"
    assert ids(INDEX.search("cafe")) == ["p2"]
    assert ids(INDEX.search("\uff47\uff4f\uff4c\uff44 cards"))[0] == "p1"


def test_every_field_is_searched() -> None:
    assert ids(INDEX.search("refund")) == ["p0", "p3"]
    assert ids(INDEX.search("shipping")) == ["p3"]


def test_adjacent_words_count_more() -> None:
    rows = [passage(0, "the card is of gold"), passage(1, "it is a gold card ok")]
    assert ids(LexicalIndex(rows).search("gold card")) == ["p1", "p0"]


def test_weights_decide_between_fields() -> None:
    rows = [passage(0, "gold"), passage(1, "x", "gold")]
    assert ids(LexicalIndex(rows, Weights(title=9)).search("gold"))[0] == "p1"
    assert ids(LexicalIndex(rows, Weights(title=0.1)).search("gold"))[0] == "p0"


def test_scores_fall_and_limit_holds() -> None:
    found = INDEX.search("refund days card", limit=3)
    assert len(found) == 3
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert found[0].score > 0


@pytest.mark.parametrize("limit", [0, -1])
def test_no_limit_no_hits(limit: int) -> None:
    assert INDEX.search("refund", limit=limit) == ()


@pytest.mark.parametrize(
    "query",
    ["", " ", "xyzzy", "\x00", "\ud800", "\U0001f642", "title:xyzzy", "*", "xx:[*]", "x" * 200_000],
)
def test_queries_that_name_nothing_find_nothing(query: str) -> None:
    assert INDEX.search(query) == ()


@pytest.mark.parametrize(
    "query",
    ["-refund", '"refund', "refund AND (", "title:refund^9", "NOT refund", "\ud800refund~2"],
)
def test_there_is_no_query_syntax(query: str) -> None:
    assert "p0" in ids(INDEX.search(query))


def test_a_question_of_common_words_only_is_still_a_question() -> None:
    assert ids(INDEX.search("what is it")) != []


def test_long_queries_use_their_first_known_words() -> None:
    assert ids(INDEX.search("xyzzy " * 30_000 + "refund")) == ["p0", "p3"]
    assert len(INDEX.search("the gold card refund " * 10_000)) == 4


def test_equal_passages_keep_their_order() -> None:
    rows = [passage(number, "the same words") for number in range(50)]
    index = LexicalIndex(rows)
    assert ids(index.search("same", limit=20)) == [f"p{number}" for number in range(20)]
    assert ids(index.search("same", limit=50)) == [f"p{number}" for number in range(50)]


def test_pages_of_another_scope_take_no_place() -> None:
    rows = [passage(n, "withdrawal", market="DE") for n in range(100)]
    rows += [passage(n, "something about withdrawal elsewhere") for n in range(100, 110)]
    rows += [passage(110, "withdrawal", market="de", plan="pro")]
    index = LexicalIndex(rows)
    assert ids(index.search("withdrawal", limit=10)) == [f"p{n}" for n in range(100, 110)]
    assert "p0" in ids(index.search("withdrawal", scope={"market": "De"}))
    found = index.search("withdrawal", scope={"market": "DE", "plan": "PRO"}, limit=200)
    assert len(found) == 111
    assert index.search("withdrawal", scope={"market": "SE"}, limit=200)[0].id == "p100"


def test_nothing_applies_nothing_is_found() -> None:
    assert LexicalIndex([passage(0, "x y", market="DE")]).search("x y") == ()


def test_an_empty_index_finds_nothing() -> None:
    assert LexicalIndex([]).search("anything") == ()


def test_threads_may_search_together() -> None:
    queries = ["refund", "gold card", "days", "cafe"] * 50
    expected = [INDEX.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(INDEX.search, queries)) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40) | st.text(alphabet='refund gold"(){}[]^~*?:\\/+-!&|<>\ud800', max_size=40)
)
def test_any_text_is_a_query(query: str) -> None:
    found = INDEX.search(query, limit=2)
    assert len(found) <= 2
    assert found == INDEX.search(query, limit=2)


SCOPES = st.dictionaries(st.sampled_from(["m", "p"]), st.sampled_from(["A", "a", "b"]), max_size=2)


@settings(max_examples=40, deadline=None)
@given(st.lists(SCOPES, min_size=1, max_size=8), SCOPES, st.integers(1, 8))
def test_exactly_what_applies_is_found(
    scopes: list[dict[str, str]], request_scope: dict[str, str], limit: int
) -> None:
    rows = [passage(n, "word", **scope) for n, scope in enumerate(scopes)]
    applying = [f"p{n}" for n, scope in enumerate(scopes) if applies(scope, request_scope)]
    found = LexicalIndex(rows).search("word", scope=request_scope, limit=limit)
    assert ids(found) == applying[:limit]
