"""Putting placeholders in the place of what was found. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from policies.text import Redacted
from validators.base import PiiSpan, Redaction
from validators.pii.actions import EntityAction, EntityActions
from validators.pii.joined import Joined, Piece
from validators.pii.placeholders import TEXT, PlaceholderBook, look_alikes
from validators.pii.spans import resolve

Spans = Sequence[PiiSpan]


def replace_spans(
    texts: Sequence[str],
    found: Sequence[Spans],
    book: PlaceholderBook,
    actions: EntityActions | None = None,
    joined: Iterable[Joined] = (),
) -> Redaction:
    """Replace the spans found in each text, and whatever only looks like a placeholder.

    So a placeholder that a customer types is a value of its own, never somebody's value.
    `actions` may let types through; what is only counted has a span without placeholder.
    Of a value in `joined` that is split, the first piece becomes the placeholder and the
    others vanish. Raises `PersonalDataBlocked`.
    """
    actions = actions or EntityActions()
    plain, split = _apart(found, joined, actions)
    hidden: list[Spans] = []
    counted: list[Spans] = []
    for text, spans, pieces in zip(texts, plain, split.pieces, strict=True):
        redact, count = actions.apply(spans)
        literal = [PiiSpan(start, end, TEXT, 1.0) for start, end in look_alikes(text)]
        hidden.append(resolve([*redact, *literal, *pieces]))
        counted.append(count)
    follows = split.order(hidden)
    placed = [tuple(_named(n, texts, hidden, follows, book)) for n in range(len(texts))]
    redacted = [_written(text, spans) for text, spans in zip(texts, placed, strict=True)]
    shown = (
        tuple(sorted((*(s for s in spans if s.placeholder), *count), key=lambda s: s.start))
        for spans, count in zip(placed, counted, strict=True)
    )
    return Redaction(tuple(redacted), tuple(shown), book.vault())


Place = tuple[int, int]
"""Index of a text, and where a span begins in it."""


@dataclass(slots=True)
class _Split:
    """The pieces of split values: as spans per text, and in their order."""

    pieces: list[list[PiiSpan]]
    chains: list[Joined] = field(default_factory=list)

    def add(self, value: Joined) -> None:
        self.chains.append(value)
        for p in value.pieces:
            self.pieces[p.text].append(PiiSpan(p.start, p.end, value.type, value.score))

    def order(self, hidden: Sequence[Spans]) -> dict[Place, tuple[Place, str]]:
        """Return for each further piece which one is before it, and what joins them."""
        before: dict[Place, tuple[Place, str]] = {}
        # A customer reads the value: where both ways to join it are as good, with a space.
        for chain in sorted(self.chains, key=lambda c: (-c.score, -len(c.joiner))):
            places = [_around(piece, hidden) for piece in chain.pieces]
            for first, second in pairwise(places):
                before.setdefault(second, (first, chain.joiner))
        return before


def _apart(
    found: Sequence[Spans], joined: Iterable[Joined], actions: EntityActions
) -> tuple[list[Spans], _Split]:
    """Tell the values within one text from those that are split."""
    within = [{(s.start, s.end, s.type): s for s in spans} for spans in found]
    split = _Split([[] for _ in found])
    for value in joined:
        first = value.pieces[0]
        redacted = actions.of(value.type) is EntityAction.REDACT
        if redacted and len(value.pieces) > 1:
            split.add(value)
        else:
            key = (first.start, first.end, value.type)
            within[first.text].setdefault(key, PiiSpan(*key, value.score))
    return [list(spans.values()) for spans in within], split


def _around(piece: Piece, hidden: Sequence[Spans]) -> Place:
    spans = hidden[piece.text]
    return piece.text, next(s.start for s in spans if s.start <= piece.start < s.end)


def _named(
    n: int,
    texts: Sequence[str],
    hidden: Sequence[Spans],
    follows: dict[Place, tuple[Place, str]],
    book: PlaceholderBook,
) -> Iterator[PiiSpan]:
    """Yield the spans of a text with their placeholders; further pieces have none."""
    after = {first: (second, joiner) for second, (first, joiner) in follows.items()}
    for span in hidden[n]:
        place = (n, span.start)
        name = ""
        if place not in follows:
            name = book.placeholder(span.type, _value(place, texts, hidden, after))
        yield PiiSpan(span.start, span.end, span.type, span.score, name)


def _value(
    place: Place,
    texts: Sequence[str],
    hidden: Sequence[Spans],
    after: dict[Place, tuple[Place, str]],
) -> str:
    parts: list[str] = []
    joiner = ""
    while True:
        n, start = place
        end = next(s.end for s in hidden[n] if s.start == start)
        parts += (joiner, texts[n][start:end])
        if place not in after:
            return "".join(parts)
        place, joiner = after[place]


def _written(text: str, spans: Spans) -> Redacted:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += (text[position : span.start], span.placeholder)
        position = span.end
    return Redacted("".join([*parts, text[position:]]))
