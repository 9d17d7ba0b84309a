"""Which of several overlapping findings stays."""

from collections.abc import Iterable, Sequence

from validators.base import PiiSpan


def resolve(spans: Iterable[PiiSpan]) -> tuple[PiiSpan, ...]:
    """Return disjoint spans in order that cover everything the given ones cover.

    Where several overlap, their union keeps the type of the best: the highest score,
    then the longest, then the first, then by type. So no part of a value stays visible,
    and the order in which spans come in does not matter.
    """
    result: list[PiiSpan] = []
    group: list[PiiSpan] = []
    end = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.type)):
        if group and span.start >= end:
            result.append(_union(group))
            group = []
        end = max(end, span.end) if group else span.end
        group.append(span)
    if group:
        result.append(_union(group))
    return tuple(result)


def _union(group: Sequence[PiiSpan]) -> PiiSpan:
    best = min(group, key=lambda s: (-s.score, s.start - s.end, s.start, s.type))
    return PiiSpan(min(s.start for s in group), max(s.end for s in group), best.type, best.score)
