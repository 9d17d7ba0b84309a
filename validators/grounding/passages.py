"""Passages split into sentences and rows, each with the headings that frame it."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from policies.knowledge import Passage
from validators.grounding.reading import Reading

_LINE = re.compile(r"[^\n]+")
_MARKER = re.compile(r"\s*(?:[-*+•>]\s+|\d{1,2}[.)]\s+|[a-z][.)]\s+)*")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+(?P<hash>.*)|\*\*(?P<bold>[^*]{1,80})\*\*:?\s*$)")
_END = re.compile(r"(?<=[.!?])[\"')\]*]*\s+(?=[\"'(\[*]*[A-Z0-9£$€])")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|mr|mrs|ms|dr|no|vs|approx|st|inc|ltd|etc)\.)$", re.I)
_RULE = re.compile(r"^[\s|:-]+$")
_MAX_UNIT = 1200
_MAX_UNITS = 400


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence or row of a passage."""

    passage: Passage
    start: int
    end: int
    """Offsets in the passage's text."""
    reading: Reading
    frame: Reading
    """Headings and lead-in line that say what the row is about."""
    title: Reading

    @property
    def text(self) -> str:
        """The words as the page has them."""
        return self.passage.text[self.start : self.end]


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield offsets of the sentences between `start` and `end`; none is over 1,200 characters."""
    stop = len(text) if end is None else end
    here = start
    for match in _END.finditer(text, start, stop):
        if _NO_END.search(text, max(here, match.start() - 8), match.start()):
            continue
        yield from _pieces(here, match.start())
        here = match.end()
    yield from _pieces(here, stop)


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _MAX_UNIT):
        yield at, min(end, at + _MAX_UNIT)


def split(passage: Passage) -> tuple[Unit, ...]:
    """Split a passage into units, at most 400."""
    title = Reading(passage.title)
    outer = " / ".join(passage.headings)
    heading = lead = ""
    header: list[str] = []
    units: list[Unit] = []
    frame = Reading(outer)
    for line in _LINE.finditer(passage.text):
        raw = line[0]
        if found := _HEADING.fullmatch(raw):
            heading, lead, header = found["hash"] or found["bold"] or "", "", []
            continue
        if raw.lstrip().startswith("|"):
            if not _RULE.match(raw):
                cells = [c.strip() for c in raw.strip().strip("|").split("|")]
                header = header or cells
                frame = Reading(" / ".join((outer, heading, *header)))
                units.append(Unit(passage, line.start(), line.end(), Reading(raw), frame, title))
            continue
        header = []
        marker = _MARKER.match(raw)
        offset = marker.end() if marker else 0
        if not offset and not lead.endswith("?"):
            lead = ""
        framed = " / ".join(part for part in (outer, heading, lead) if part)
        if framed != frame.text:
            frame = Reading(framed)
        for a, b in sentences(passage.text, line.start() + offset, line.end()):
            sentence = passage.text[a:b]
            if sentence.rstrip("* ").endswith("?"):
                # A page's own question frames the answer below it and states nothing.
                lead = sentence
                frame = Reading(" / ".join(part for part in (outer, heading, lead) if part))
            elif any(ch.isalnum() for ch in sentence):
                units.append(Unit(passage, a, b, _answer(sentence, lead), frame, title))
        if raw.rstrip().endswith(":") and not offset:
            lead = raw.strip()
    return tuple(units[:_MAX_UNITS])


def _answer(sentence: str, lead: str) -> Reading:
    """Read a bare no as the negation of the question that it answers."""
    if lead.rstrip("* ").endswith("?") and sentence.lower().startswith(("no.", "no,", "no ")):
        return Reading(f"{sentence} (not {lead.rstrip('?* ')})")
    return Reading(sentence)


class PassageReader:
    """Splits passages once: keeps the units of the latest ones, by id and revision."""

    def __init__(self, capacity: int = 2048) -> None:
        """`capacity` is the number of passages kept."""
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, str, str], tuple[Unit, ...]] = OrderedDict()
        self._lock = Lock()

    def units(self, passages: Sequence[Passage]) -> list[Unit]:
        """Return the units of all passages, in order."""
        return [unit for passage in passages for unit in self._of(passage)]

    def _of(self, passage: Passage) -> tuple[Unit, ...]:
        if not passage.shared:
            return split(passage)  # a customer's own facts are not kept in memory
        key = (passage.id, passage.revision, passage.text)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = split(passage)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return made
