"""Runs every part of the lint over parsed pages and puts the remarks in order."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from validators.grounding.passages import Unit
from validators.grounding.reading import Reading
from validators.knowledge.lint.contradictions import Contradiction, value_contradictions
from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.denials import denials
from validators.knowledge.lint.duplicates import Section, copies
from validators.knowledge.lint.facts import has_facts, praise, too_short, words_of
from validators.knowledge.lint.names import Names
from validators.knowledge.lint.report import Place, Remark, RemarkKind, Report
from validators.knowledge.lint.scopes import Fault, internal_links, scope_faults
from validators.knowledge.lint.statements import Statement, read_units, statements
from validators.knowledge.lint.weights import Weights
from validators.knowledge.page import Page

_ORDER = tuple(RemarkKind)
_SHORT_CONFIDENCE = 0.95
_PRAISE_CONFIDENCE = 0.85
_PLAIN_CONFIDENCE = 0.6
_FEWEST_SHARED = 0.5
_QUOTE = 300
_STOPPED = "stopped after {:g} seconds: not all pages were compared"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lint may cost."""

    seconds: float | None = None
    """Time for all parts together; None for no bound."""
    pages: int | None = None
    """Nothing is looked at beyond this number of pages; None for no bound."""


def lint_pages(
    pages: Sequence[Page],
    limits: Limits | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Return everything that an author of the pages may want to change.

    Never raises for what pages hold. What a limit left out is told in `notes`.
    """
    limits = limits or Limits()
    if limits.pages is not None and len(pages) > limits.pages:
        note = f"not looked at: {len(pages)} pages, {limits.pages} at most here"
        return Report(pages=len(pages), notes=(note,))
    started = clock()
    deadline = Deadline(limits.seconds, clock)
    read = {page.id: (page, read_units(page)) for page in pages}
    names = Names([units for _, units in read.values()])
    found = list(statements(read, names))
    remarks = [*_weak(read), *_faults(pages), *_copied(read, names, deadline)]
    remarks += _contradicted(found, deadline)
    return Report(
        remarks=tuple(sorted(remarks, key=_rank)),
        pages=len(pages),
        statements=len(found),
        notes=(_STOPPED.format(limits.seconds),) if deadline.hit else (),
        seconds=clock() - started,
    )


def _rank(remark: Remark) -> tuple[int, float, tuple[str, ...]]:
    where = tuple(place.page for place in remark.places)
    return _ORDER.index(remark.kind), -remark.confidence, where


def _place(page: Page, quote: str = "", headings: tuple[str, ...] = ()) -> Place:
    return Place(page.id, page.title, quote[:_QUOTE], headings, page.file, page.line)


def _weak(read: Mapping[str, tuple[Page, Sequence[Unit]]]) -> Iterator[Remark]:
    for page, units in read.values():
        here = (_place(page),)
        if has_facts(units):
            continue
        if too_short(units):
            message = f"has only {words_of(units)} words of text and supports no claim"
            yield Remark(RemarkKind.NO_TEXT, _SHORT_CONFIDENCE, message, here)
        else:
            message = "states no value, rule, step or contact, so it supports no claim"
            sure = _PRAISE_CONFIDENCE if praise(units) else _PLAIN_CONFIDENCE
            yield Remark(RemarkKind.NO_FACTS, sure, message, here)


def _faults(pages: Sequence[Page]) -> Iterator[Remark]:
    for kind, found in (
        (RemarkKind.SCOPE, scope_faults(pages)),
        (RemarkKind.INTERNAL_LINK, internal_links(pages)),
    ):
        yield from (_fault(kind, fault) for fault in found)


def _fault(kind: RemarkKind, fault: Fault) -> Remark:
    shown = (fault.page, fault.other) if fault.other else (fault.page,)
    return Remark(kind, fault.confidence, fault.message, tuple(map(_place, shown)))


def _copied(
    read: Mapping[str, tuple[Page, Sequence[Unit]]], names: Names, deadline: Deadline
) -> Iterator[Remark]:
    """Put the copied sections of two pages together, so that a pair of pages is told once."""
    sections = list(_sections(read.values(), names))
    length: dict[str, int] = {}
    for section in sections:
        length[section.page] = length.get(section.page, 0) + len(section.text)
    shared: dict[tuple[str, str], list[tuple[float, Section, Section]]] = {}
    for copy in copies(sections, deadline):
        a, b = sections[copy.first], sections[copy.second]
        shared.setdefault((a.page, b.page), []).append((copy.likeness, a, b))
    for (one, two), held in shared.items():
        size = sum(min(len(a.text), len(b.text)) for _, a, b in held)
        share = min(1.0, size / max(1, min(length[one], length[two])))
        likeness = sum(like for like, _, _ in held) / len(held)
        _, a, b = max(held, key=lambda h: (h[0], len(h[1].text)))
        yield Remark(
            RemarkKind.DUPLICATE,
            round(likeness * (_FEWEST_SHARED + (1 - _FEWEST_SHARED) * share), 4),
            f"say the same in {len(held)} sections, {share:.0%} of the shorter page",
            (_place(read[one][0], a.text), _place(read[two][0], b.text)),
        )


def _sections(read: Iterable[tuple[Page, Sequence[Unit]]], names: Names) -> Iterator[Section]:
    for page, units in read:
        key = (tuple(sorted(page.scope.items())), page.audience, names.subject_of(page.id))
        texts = dict.fromkeys(unit.passage.id for unit in units)
        by_id = {unit.passage.id: unit.passage for unit in units}
        for id_ in texts:
            passage = by_id[id_]
            said = names.subjects([Reading(passage.text)])
            yield Section(page.id, (*key, said), passage.text)


def _contradicted(found: Sequence[Statement], deadline: Deadline) -> Iterator[Remark]:
    weigh = Weights(s.own | s.framed for s in found)
    for kind in (value_contradictions, denials):
        yield from map(_remark, kind(found, weigh, deadline))


def _remark(c: Contradiction) -> Remark:
    sides = (c.first, c.second)
    message = "one denies what the other says"
    if c.values is not None:
        shown = [s.reading.text[v.start : v.end] for s, v in zip(sides, c.values, strict=True)]
        message = f"'{shown[0]}' here and '{shown[1]}' there, for what reads as the same thing"
    return Remark(
        RemarkKind.CONTRADICTION,
        round(c.confidence, 4),
        message,
        tuple(_place(s.page, s.unit.text, s.unit.passage.headings) for s in sides),
    )
