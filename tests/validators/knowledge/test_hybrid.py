from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.knowledge.dense import build_index
from validators.knowledge.hybrid import Hybrid, TextEncoder
from validators.knowledge.knowledge import LexicalKnowledge
from validators.knowledge.page import Block, Page
from validators.knowledge.vectors import compact
from validators.knowledge.windows import windows


def page(name: str, text: str, **scope: str) -> Page:
    return Page(id=name, title="", blocks=(Block((), text),), scope=scope)


PAGES = (
    page("a", "A refund is paid within five days."),
    page("b", "Delivery takes two days."),
    page("c", "Our shop opens at nine."),
    page("d", "Refund in Sweden: two days.", market="SE"),
)


def hybrid(encoder: TextEncoder, pages: Sequence[Page] = PAGES) -> Hybrid:
    base = LexicalKnowledge(pages)
    cut = [windows(passage) for passage in base.passages]
    rows = compact(encoder.encode([text for group in cut for text in group]))
    return Hybrid(base, build_index(base.passages, rows, [len(group) for group in cut]), encoder)


def found(passages: Sequence[Passage]) -> list[str]:
    return [p.source_id for p in passages]


def test_what_shares_no_word_is_found(words_encoder: TextEncoder) -> None:
    search = hybrid(words_encoder)
    assert search.base.ranked("money money cash") == []
    assert found(search.search("money money cash")) == ["a"]


def test_what_is_not_about_it_stays_out(words_encoder: TextEncoder) -> None:
    assert hybrid(words_encoder).search("xyzzy plugh") == ()


def test_words_are_found_as_before(words_encoder: TextEncoder) -> None:
    search = hybrid(words_encoder)
    assert found(search.search("When does the shop open?"))[0] == "c"
    best = search.search("delivery days", limit=2)
    assert found(best) == ["b", "a"]
    assert best[0].score > best[1].score > 0


def test_pages_of_another_scope_are_not_found(words_encoder: TextEncoder) -> None:
    search = hybrid(words_encoder)
    assert "d" not in found(search.search("refund cash"))
    assert "d" in found(search.search("refund cash", scope={"market": "SE"}))
    assert "d" in found(search.search("cash cash cash", scope={"market": "SE"}))


@pytest.mark.parametrize("limit", [0, -1])
def test_no_limit_no_hits(words_encoder: TextEncoder, limit: int) -> None:
    assert hybrid(words_encoder).search("refund", limit=limit) == ()


def test_a_text_without_words_finds_nothing(words_encoder: TextEncoder) -> None:
    assert hybrid(words_encoder).search("") == ()
    assert hybrid(words_encoder, ()).search("refund") == ()


def test_of_a_long_query_both_ends_count(words_encoder: TextEncoder) -> None:
    search = hybrid(words_encoder, (page("a", "Refund."), page("b", "Delivery.")))
    cash, filler = "cash " * 60, "hm " * 100
    assert found(search.search(f"{cash}{filler}")) == ["a"]
    assert found(search.search(f"{filler}{cash}")) == ["a"]
    assert found(search.search(f"{filler}{cash}{filler}")) == []


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(max_size=60), limit=st.integers(-1, 10))
def test_any_text_is_a_query(words_encoder: TextEncoder, query: str, limit: int) -> None:
    passages = hybrid(words_encoder).search(query, limit=limit)
    assert len(passages) <= max(0, limit)
    assert len({p.id for p in passages}) == len(passages)
    scores = [p.score for p in passages]
    assert scores == sorted(scores, reverse=True)
