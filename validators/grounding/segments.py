"""Which words of a sentence or row belong to which of its values.

"15% for the Hebrides, 25% for Norway" and a row under column headings say which value holds
for what; the words that go with one value and not with its neighbours are its labels.
"""

import re
from collections.abc import Iterator, Sequence

from validators.grounding.kinds import Kind, Value, comparable, equal
from validators.grounding.words import Word, words

_CUT = re.compile(
    r"[,;()\u2014\u2013](?=\s|$|\w)|\s(?:and|or|but|while|whereas|otherwise|plus)(?=\s)"
)
_HEAD = re.compile(
    r"\W*[^.:;|\n\u2013]{1,40}(?::|\s\u2013)(?=\W)|\s*\|?[^|\n]{1,60}\|", re.IGNORECASE
)
_MAX_LABELLED = 16

Labels = frozenset[str]


def labels(
    text: str, values: Sequence[Value], content: Sequence[Word], columns: Sequence[str]
) -> tuple[Labels, ...]:
    """Return for each value what belongs to it and to no comparable value of `text`.

    Labels are concepts, and other figures as `number_label` writes them. `columns` are the
    headings above the cells of a row, empty for prose.
    """
    if len(values) > _MAX_LABELLED:
        return tuple(frozenset[str]() for _ in values)
    bounds = _cells(text) if "|" in text else _pieces(text, values)
    inside = [next((i for i, (a, b) in enumerate(bounds) if a <= v.start < b), 0) for v in values]
    leads = _leads(values, content, bounds, inside)
    found = []
    for place, value, lead in zip(inside, values, leads, strict=True):
        start, end = bounds[place]
        start = start if lead or columns else value.start
        own = {w.concept for w in content if start <= w.start < end}
        own |= {number_label(v) for v in values if start <= v.start < end and v is not value}
        if columns and place < len(columns):
            own |= {w.concept for w in words(columns[place]) if w.content}
        found.append(frozenset(own))
    return tuple(
        own.difference(
            *(
                other
                for j, other in enumerate(found)
                if j != i and inside[i] != inside[j] and _rivals(values[i], values[j])
            )
        )
        for i, own in enumerate(found)
    )


def _leads(
    values: Sequence[Value],
    content: Sequence[Word],
    bounds: Sequence[tuple[int, int]],
    inside: Sequence[int],
) -> list[bool]:
    """Tell for each value whether the words before it belong to it.

    "You save 15% on books, 25% on pens": where a later value has its words behind it alone,
    those before the first belong to both.
    """
    bare = [
        not any(bounds[place][0] <= w.start < value.start for w in content)
        for value, place in zip(values, inside, strict=True)
    ]
    return [
        not any(
            bare[j] and inside[i] != inside[j] and _rivals(value, other)
            for j, other in enumerate(values)
        )
        for i, value in enumerate(values)
    ]


def head(text: str, values: Sequence[Value], content: Sequence[Word]) -> Labels:
    """Return the labels of what names a row or list item.

    That is its first cell, or the few words before a colon or a dash.
    """
    if not (match := _HEAD.match(text)):
        return frozenset()
    named = {w.concept for w in content if w.end <= match.end()}
    return frozenset(named | {number_label(v) for v in values if v.end <= match.end()})


def number_label(value: Value) -> str:
    """Write a figure as a label: the fourth zone is another one than the first."""
    return f"={value.kind if value.kind is not Kind.COUNT else ''}{value.low:g}"


def column(text: str, value: Value) -> int:
    """Return how many cells stand before a value of a row."""
    return text.count("|", 0, value.start)


def _rivals(a: Value, b: Value) -> bool:
    return comparable(a, b) and not equal(a, b)


def _cells(text: str) -> list[tuple[int, int]]:
    edges = [m.start() for m in re.finditer(r"\|", text)]
    if not edges or edges[0] > len(text) - len(text.lstrip()):
        edges = [-1, *edges]
    return [(a + 1, b) for a, b in zip(edges, [*edges[1:], len(text)], strict=True) if a + 1 < b]


def _pieces(text: str, values: Sequence[Value]) -> list[tuple[int, int]]:
    """Cut `text` so that each piece holds a value: what follows one belongs to it."""
    return list(_joined(text, values)) or [(0, len(text))]


def _joined(text: str, values: Sequence[Value]) -> Iterator[tuple[int, int]]:
    cuts = [m.start() for m in _CUT.finditer(text)]
    cuts = [c for c in cuts if not any(v.start < c < v.end for v in values)]
    start, held = 0, False
    for cut, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        holds = any(cut <= v.start < end for v in values)
        if holds and held:
            yield start, cut
            start = cut
        held = held or holds
    yield start, len(text)
