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
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|mr|mrs|ms|dr|vs|approx|st|inc|ltd|etc)\.)$", re.IGNORECASE)
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
    splitter = _Splitter(passage)
    for line in _LINE.finditer(passage.text):
        splitter.line(line.start(), line.end())
    return tuple(splitter.units[:_MAX_UNITS])


class _Splitter:
    """Walks down a passage and remembers what frames the current line."""

    def __init__(self, passage: Passage) -> None:
        self.units: list[Unit] = []
        self._passage = passage
        self._text = passage.text
        self._title = Reading(passage.title)
        self._outer = " / ".join(passage.headings)
        self._heading = self._lead = ""
        self._header: list[str] = []
        self._frame = Reading(self._outer)

    def line(self, start: int, end: int) -> None:
        """Read one line."""
        raw = self._text[start:end]
        if found := _HEADING.fullmatch(raw):
            self._heading, self._lead, self._header = found["hash"] or found["bold"] or "", "", []
        elif raw.lstrip().startswith("|") or " | " in raw:
            self._row(raw, start, end)
        else:
            self._prose(raw, start, end)

    def _row(self, raw: str, start: int, end: int) -> None:
        if _RULE.match(raw):
            return
        first = not self._header
        self._header = self._header or [c.strip() for c in raw.strip().strip("|").split("|")]
        self._reframe(*self._header)
        self._add(start, end, Reading(raw, () if first else tuple(self._header)))

    def _prose(self, raw: str, start: int, end: int) -> None:
        self._header = []
        marker = _MARKER.match(raw)
        offset = marker.end() if marker else 0
        if not offset and not self._lead.endswith("?"):
            self._lead = ""
        self._reframe(self._lead)
        for a, b in sentences(self._text, start + offset, end):
            sentence = self._text[a:b]
            if sentence.rstrip("* ").endswith("?"):
                # A page's own question frames the answer below it and states nothing.
                self._lead = sentence.rstrip("* ")
                self._reframe(self._lead)
            elif any(ch.isalnum() for ch in sentence):
                self._add(a, b, _answer(sentence, self._lead))
        if raw.rstrip().endswith(":") and not offset:
            self._lead = raw.strip()

    def _reframe(self, *inner: str) -> None:
        framed = " / ".join(part for part in (self._outer, self._heading, *inner) if part)
        if framed != self._frame.text:
            self._frame = Reading(framed)

    def _add(self, start: int, end: int, reading: Reading) -> None:
        self.units.append(Unit(self._passage, start, end, reading, self._frame, self._title))


def _answer(sentence: str, lead: str) -> Reading:
    """Read a bare no as the negation of the question that it answers."""
    if lead.endswith("?") and sentence.lower().startswith(("no.", "no,", "no ")):
        return Reading(f"{sentence} (not {lead.rstrip('?')})")
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
