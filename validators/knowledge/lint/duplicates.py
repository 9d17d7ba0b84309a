"""Sections that stand on two pages: one will be changed and the other forgotten.

Near copies are found by MinHash over word shingles (Broder, 1997) with banding (Leskovec,
Rajaraman and Ullman, Mining of Massive Datasets, chapter 3), so the cost grows with the
number of sections, not with its square. What was found is then compared exactly.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from validators.knowledge.lint.deadline import Deadline

_WORD: Final = re.compile(r"\w+(?:[.,]\d+)*")
_LEAST_WORDS: Final = 8
"""Shorter text is a heading or a link."""
_SHINGLE: Final = 3
_BANDS: Final = 12
_ROWS: Final = 4
_NEAR: Final = 0.75
_PRIME: Final = np.uint64((1 << 31) - 1)
_MOST_IN_BUCKET: Final = 64
"""Copies beyond this many are compared with the first one only."""


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a page."""

    page: str
    key: Hashable
    """Only sections with equal keys are compared: scope, audience, product."""
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Two sections that say the same."""

    first: int
    second: int
    likeness: float
    """Share of their word triples that both hold, 1 if the words are equal."""


def copies(sections: Sequence[Section], deadline: Deadline) -> Iterator[Copy]:
    """Yield pairs of sections of different pages that are equal or nearly so.

    Nearly equal ones must hold the same numbers: with other numbers they are no copies,
    but two products described alike.
    """
    words = [_WORD.findall(section.text.casefold()) for section in sections]
    usable = [n for n, found in enumerate(words) if len(found) >= _LEAST_WORDS]
    first: dict[tuple[Hashable, str], int] = {}
    rest: list[int] = []
    for n in usable:
        known = first.setdefault((sections[n].key, " ".join(words[n])), n)
        if known == n:
            rest.append(n)
        elif sections[known].page != sections[n].page:
            yield Copy(known, n, 1.0)
    yield from _near(sections, {n: words[n] for n in rest}, deadline)


def _near(
    sections: Sequence[Section], words: Mapping[int, Sequence[str]], deadline: Deadline
) -> Iterator[Copy]:
    buckets: dict[Hashable, list[int]] = defaultdict(list)
    factors, offsets = _functions()
    for n, found in words.items():
        if deadline.passed():
            return
        signature = _signature(_shingles(found), factors, offsets)
        numbers = tuple(sorted({w for w in found if any(map(str.isdigit, w))}))
        for band in range(_BANDS):
            part = signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
            buckets[sections[n].key, numbers, band, part].append(n)
    seen: set[tuple[int, int]] = set()
    for held in buckets.values():
        for a, b in _meetings(held):
            if (a, b) in seen or sections[a].page == sections[b].page:
                continue
            seen.add((a, b))
            likeness = jaccard(_shingles(words[a]), _shingles(words[b]))
            if likeness >= _NEAR:
                yield Copy(a, b, likeness)


def _meetings(held: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(held) > _MOST_IN_BUCKET:
        yield from ((held[0], other) for other in held[1:])
        return
    for index, a in enumerate(held):
        for b in held[index + 1 :]:
            yield a, b


def jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    """Return the share of all elements that both sets hold, 0..1."""
    return len(a & b) / len(a | b) if a or b else 1.0


def _shingles(words: Sequence[str]) -> frozenset[int]:
    runs = (" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))
    return frozenset(
        int.from_bytes(blake2b(run.encode(), digest_size=4).digest()) >> 1 for run in runs
    )


def _functions() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The same hash functions each time, so that equal pages give equal reports."""
    random = np.random.default_rng(1997)
    size = (_BANDS * _ROWS, 1)
    high = int(_PRIME)
    return (
        random.integers(1, high, size, dtype=np.uint64),
        random.integers(0, high, size, dtype=np.uint64),
    )


def _signature(
    shingles: frozenset[int],
    factors: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.uint64],
) -> npt.NDArray[np.uint64]:
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    hashed = (factors * values + offsets) % _PRIME
    least: npt.NDArray[np.uint64] = np.min(hashed, axis=1)
    return least
