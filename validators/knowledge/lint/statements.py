"""Pages read into statements: one sentence or row, with all that says what it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from policies.knowledge import Passage
from validators.grounding.kinds import Kind, Value
from validators.grounding.passages import Unit, split
from validators.grounding.reading import Reading
from validators.knowledge.lint.guards import (
    cases,
    charged,
    circumstances,
    is_example,
    is_negated,
    is_open,
    is_past,
)
from validators.knowledge.lint.names import Names
from validators.knowledge.page import Page

_LABEL = re.compile(r"^\W*([^:.!?\n]{2,60}):\s")
_MEASURE = re.compile(
    r"\s?(kg|g|lbs?|oz|km|cm|mm|m|miles?|ml|l|kwh|kw|w|[kmgt]b|mbit/s|mph)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(
    r"\W*(?:it|they|this|these|that|those|he|she|both|each|otherwise|here|there)\b", re.IGNORECASE
)
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """One unit of a page in its context. Computed lazily, kept for reuse."""

    page: Page
    unit: Unit
    before: tuple[Reading, ...]
    """The label of the row and, where the unit points back, the sentence before it."""
    names: Names

    @property
    def reading(self) -> Reading:
        """What the unit itself says."""
        return self.unit.reading

    @cached_property
    def label(self) -> frozenset[str]:
        """Concepts of what stands before a colon: the name of the row."""
        match = _LABEL.match(self.unit.text)
        return Reading(match[1]).concepts if match else _NOTHING

    @cached_property
    def own(self) -> frozenset[str]:
        """Concepts of the unit."""
        return self.reading.concepts

    @cached_property
    def framed(self) -> frozenset[str]:
        """Concepts of headings, lead-in, row label and the sentence that is pointed at."""
        return self.unit.frame.concepts.union(*(b.concepts for b in self.before))

    @cached_property
    def all(self) -> frozenset[str]:
        """Concepts of the unit, its frame and its title."""
        return self.own | self.framed | self.unit.title.concepts

    @cached_property
    def subject(self) -> frozenset[str]:
        """Names that decide which product or market the statement is about."""
        said = self.names.subjects((self.reading, self.unit.frame, *self.before))
        return said | self.names.subject_of(self.page.id)

    @cached_property
    def product(self) -> frozenset[str]:
        """All words of the product's name in the page's title."""
        return self.names.product(self.unit.title)

    @cached_property
    def named(self) -> frozenset[str]:
        """All names in the statement and its headings."""
        return self.names.of((self.reading, self.unit.frame, *self.before))

    @cached_property
    def _spoken(self) -> frozenset[str]:
        readings = (self.reading, self.unit.frame, *self.before)
        return frozenset(w.text for reading in readings for w in reading.words)

    @cached_property
    def _titled(self) -> frozenset[str]:
        return frozenset(w.text for w in self.unit.title.words)

    @cached_property
    def cases(self) -> frozenset[str]:
        """Words of the unit and its frame that name one case among several."""
        return cases(self._spoken)

    @cached_property
    def titled_cases(self) -> frozenset[str]:
        """The same for the title."""
        return cases(self._titled)

    @cached_property
    def circumstances(self) -> frozenset[str]:
        """Words of the unit and its frame that may name a case."""
        return circumstances(self._spoken)

    @cached_property
    def titled_circumstances(self) -> frozenset[str]:
        """The same for the title."""
        return circumstances(self._titled)

    @cached_property
    def example(self) -> bool:
        """The unit or its heading says that it only illustrates."""
        return is_example(self.unit.text) or is_example(self.unit.frame.text)

    @cached_property
    def past(self) -> bool:
        """It tells what was."""
        return is_past(self.unit.text)

    @cached_property
    def negated(self) -> bool:
        """It denies something."""
        return is_negated(self.unit.text)

    @cached_property
    def open(self) -> bool:
        """It gives its value as a usual one."""
        return is_open(self.unit.text)

    @cached_property
    def values(self) -> tuple[tuple[Value, frozenset[str]], ...]:
        """The values with the concepts near them; numbers that belong to a name are left out."""
        taken = {start for _, start in self.names.spans(self.reading)}
        pairs = zip(self.reading.values, self.reading.near, strict=True)
        return tuple(
            (_measured(v, self.reading.text), near | self.label)
            for v, near in pairs
            if v.start not in taken
        )

    @cached_property
    def framed_values(self) -> tuple[Value, ...]:
        """The values in headings and title: "orders over 50 EUR", "from 1 May"."""
        return tuple(
            v
            for reading in (self.unit.frame, self.unit.title)
            for v in reading.values
            if v.kind is not Kind.ADDRESS
            and v.start not in {s for _, s in self.names.spans(reading)}
        )

    def charged(self, value: Value) -> frozenset[str]:
        """Return what the value is counted by."""
        return charged(self.reading.text, value.start, value.end)


def read_units(page: Page) -> tuple[Unit, ...]:
    """Split a page into sentences and rows, section by section."""
    units: list[Unit] = []
    for number, (headings, blocks) in enumerate(groupby(page.blocks, key=lambda b: b.headings)):
        text = "\n".join(block.text for block in blocks)
        units += split(
            Passage(
                id=f"{page.id}#{number}",
                source_id=page.id,
                title=page.title,
                text=text,
                headings=headings,
                audience=page.audience,
                scope=page.scope,
            )
        )
    return tuple(units)


def statements(
    pages: Mapping[str, tuple[Page, Sequence[Unit]]], names: Names
) -> Iterator[Statement]:
    """Yield the statements of all pages in order."""
    for page, units in pages.values():
        previous: Unit | None = None
        label: Reading | None = None
        for unit in units:
            same_line = previous is not None and _same_line(previous, unit)
            if not same_line:
                label = None
            before = [label] if label else []
            if previous is not None and _POINTS_BACK.match(unit.text) and _adjacent(previous, unit):
                before.append(previous.reading)
            yield Statement(page, unit, tuple(before), names)
            if not same_line and (match := _LABEL.match(unit.text)):
                label = Reading(match[1])
            previous = unit


def _measured(value: Value, text: str) -> Value:
    """Give a bare number the unit of measure behind it: the values know nouns only."""
    if value.kind is Kind.COUNT and (match := _MEASURE.match(text, value.end)):
        return replace(value, unit=match[1].lower())
    return value


def _adjacent(previous: Unit, unit: Unit) -> bool:
    return previous.passage.id == unit.passage.id


def _same_line(previous: Unit, unit: Unit) -> bool:
    between = unit.passage.text[previous.end : unit.start]
    return _adjacent(previous, unit) and "\n" not in between
