"""Values that are split over several texts which are read as one. Pure.

The parts of one message reach a model as one text, so a name may begin in one part and end
in the next, or stand in one part and be told by the words of another.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from validators.base import PiiSpan

_JOINERS = ("", " ")
"""Nobody knows how a provider joins parts: a word may go on, or a new one begin."""

_NEAR = 300
"""Characters on each side of a seam: longer than a value and the words that tell of it."""

Find = Callable[[str], Sequence[PiiSpan]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value: a place in one of several texts."""

    text: int
    """Index of the text."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A value found in texts read together."""

    type: str
    score: float
    joiner: str
    pieces: tuple[Piece, ...]
    """In order, none empty; more than one if the value is split."""


def find_joined(texts: Sequence[str], group: Sequence[int], find: Find) -> Iterator[Joined]:
    """Yield what `find` sees in the texts of a group read as one, in each way to join them."""
    if len(group) <= 1:
        return
    for joiner in _JOINERS:
        whole = joiner.join(texts[n] for n in group)
        sizes = [len(texts[n]) + len(joiner) for n in group]
        starts = [0, *accumulate(sizes)]
        for begin, end in _around(starts[1:-1], len(whole)):
            for span in find(whole[begin:end]):
                placed = replace(span, start=begin + span.start, end=begin + span.end)
                cut = (placed.start == begin > 0) or (placed.end == end < len(whole))
                pieces = () if cut else tuple(_pieces(placed, texts, group, starts))
                if pieces:
                    yield Joined(span.type, span.score, joiner, pieces)


def _around(seams: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches around the places where texts meet; the rest was read already."""
    begin, end = 0, 0
    for seam in seams:
        if seam - _NEAR > end:
            if end:
                yield begin, end
            begin = seam - _NEAR
        end = min(length, seam + _NEAR)
    yield begin, end


def _pieces(
    span: PiiSpan, texts: Sequence[str], group: Sequence[int], starts: Sequence[int]
) -> Iterator[Piece]:
    position = bisect_right(starts, span.start) - 1
    while position < len(group) and starts[position] < span.end:
        index, begin = group[position], starts[position]
        start = max(0, span.start - begin)
        end = min(len(texts[index]), span.end - begin)
        if start < end:
            yield Piece(index, start, end)
        position += 1
