"""Which spots are worth comparing, without comparing all with all.

Only spots of one bucket (same scope, same names, same type of value) meet, and of those
only pairs that share a word or, where the word is frequent, two words beside their values:
blocking, as in Fellegi and Sunter (1969), with an inverted index per bucket.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from validators.knowledge.lint.weights import Weights

_MOST: Final = 48
"""Spots that one key may bring together: beyond this the key says too little."""
_KEY_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to compare: the number of its statement and value, and the words that find it."""

    statement: int
    value: int
    bucket: Hashable
    words: frozenset[str]


def pairs(spots: Sequence[Spot], weigh: Weights) -> Iterator[tuple[Spot, Spot]]:
    """Yield pairs of spots that may speak of the same thing, each pair once."""
    buckets: dict[Hashable, list[Spot]] = defaultdict(list)
    for spot in spots:
        buckets[spot.bucket].append(spot)
    for bucket in buckets.values():
        if len(bucket) > 1:
            yield from _within(bucket, weigh)


def _within(bucket: Sequence[Spot], weigh: Weights) -> Iterator[tuple[Spot, Spot]]:
    seen: set[tuple[int, int]] = set()
    for held in _postings(bucket, weigh):
        for pair in combinations(held, 2):
            if pair not in seen:
                seen.add(pair)
                yield bucket[pair[0]], bucket[pair[1]]


def _postings(bucket: Sequence[Spot], weigh: Weights) -> Iterator[Sequence[int]]:
    """Yield the spots that share a word or, of frequent words, two or three."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, spot in enumerate(bucket):
        for word in spot.words:
            by_word[word].append(number)
    frequent = {word for word, held in by_word.items() if len(held) > _MOST}
    yield from (held for word, held in by_word.items() if word not in frequent)
    by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, spot in enumerate(bucket):
        common = _rarest(spot.words & frequent, weigh)
        for key in (*combinations(common, 2), *combinations(common, 3)):
            by_words[key].append(number)
    yield from (held for held in by_words.values() if len(held) <= _MOST)


def _rarest(words: Iterable[str], weigh: Weights) -> list[str]:
    best = sorted(words, key=lambda word: (-weigh(word), word))[:_KEY_WORDS]
    return sorted(best)
