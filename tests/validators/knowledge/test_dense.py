import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.knowledge.dense import DenseIndex, Query, build_index
from validators.knowledge.vectors import compact

DIMENSIONS = 64


def passage(number: int, **scope: str) -> Passage:
    return Passage(id=f"p{number}", source_id="p", title="", text="", scope=scope)


def unit(rows: int, seed: int = 0) -> Query:
    made = np.random.default_rng(seed).normal(size=(rows, DIMENSIONS)).astype(np.float32)
    scaled: Query = made / np.linalg.norm(made, axis=1, keepdims=True)
    return scaled


def index_of(counts: list[int], seed: int = 0) -> tuple[DenseIndex, Query]:
    vectors = unit(sum(counts), seed)
    return build_index([passage(n) for n in range(len(counts))], compact(vectors), counts), vectors


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.data())
def test_a_passage_is_as_near_as_its_nearest_window(counts: list[int], data: st.DataObject) -> None:
    index, vectors = index_of(counts)
    chosen = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=10))
    query = unit(1, 7)[0]
    ends = np.cumsum(counts)
    exact = [max(vectors[e - c : e] @ query) for e, c in zip(ends, counts, strict=True)]
    found = index.similarities(query, chosen)
    assert found == pytest.approx([exact[n] for n in chosen], abs=0.02)


def test_the_nearest_passages_come_first() -> None:
    index, vectors = index_of([3] * 200)
    for number in (0, 77, 199):
        query = vectors[number * 3 + 1]
        found = index.nearest(query, limit=5)
        assert found[0] == number
        cosines = index.similarities(query, found)
        assert cosines.tolist() == sorted(cosines, reverse=True)
        assert len(found) == 5
    assert index.nearest(vectors[0], limit=0) == []


def test_comparing_signs_loses_few_of_the_near() -> None:
    index, _ = index_of([1] * 3000)
    query = unit(1, 9)[0]
    everything = index.similarities(query, range(3000))
    best = set(np.argsort(-everything)[:5].tolist())
    assert len(best & set(index.nearest(query, limit=32))) >= 4


def test_pages_of_another_scope_take_no_place() -> None:
    vectors = unit(600)
    vectors[:500] = vectors[0]
    passages = [passage(n, market="DE") for n in range(500)] + [passage(n) for n in range(100)]
    index = build_index(passages, compact(vectors), [1] * 600)
    assert min(index.nearest(vectors[0], limit=32)) >= 500
    assert max(index.nearest(vectors[0], scope={"market": "de"}, limit=32)) < 500
    none = build_index(passages[:10], compact(vectors[:10]), [1] * 10)
    assert none.nearest(vectors[0]) == []


def test_a_large_base_is_compared_by_number_only() -> None:
    vectors = unit(10)
    passages = [passage(n) for n in range(5)]
    index = build_index(passages, compact(vectors), [2] * 5, most_windows=9)
    assert index.nearest(vectors[0]) == []
    assert index.similarities(vectors[2], [1, 0])[0] == pytest.approx(1, abs=0.02)


def test_an_empty_index_has_nothing_near() -> None:
    index = build_index([], np.zeros((0, DIMENSIONS), np.int8), [])
    assert index.nearest(unit(1)[0]) == []
    assert index.similarities(unit(1)[0], []).tolist() == []


def test_dimensions_need_not_fill_whole_words() -> None:
    vectors = np.eye(5, dtype=np.float32)
    index = build_index([passage(n) for n in range(5)], compact(vectors), [1] * 5)
    assert index.nearest(vectors[3], limit=1) == [3]
