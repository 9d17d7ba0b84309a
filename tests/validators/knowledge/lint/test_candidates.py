from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.lint.candidates import Spot, pairs
from validators.knowledge.lint.weights import Weights

WEIGH = Weights([])


def spot(number: int, *words: str, bucket: str = "x") -> Spot:
    return Spot(number, 0, bucket, frozenset(words))


def test_only_spots_of_one_bucket_that_share_a_word_meet() -> None:
    spots = [spot(0, "fee"), spot(1, "fee"), spot(2, "bed"), spot(3, "fee", bucket="y")]
    assert [(a.statement, b.statement) for a, b in pairs(spots, WEIGH)] == [(0, 1)]


def test_frequent_words_need_company() -> None:
    spots = [spot(n, "fee", f"w{n // 2}", f"v{n // 2}") for n in range(200)]
    met = list(pairs(spots, WEIGH))
    assert len(met) == 100
    assert all(a.words == b.words for a, b in met)


@given(st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=4), max_size=20))
def test_each_pair_at_most_once(sets: list[frozenset[str]]) -> None:
    met = [
        (a.statement, b.statement)
        for a, b in pairs([Spot(n, 0, "x", s) for n, s in enumerate(sets)], WEIGH)
    ]
    assert len(met) == len(set(met))
    assert set(met) == {
        (i, j) for i, a in enumerate(sets) for j, b in enumerate(sets) if i < j and a & b
    }
