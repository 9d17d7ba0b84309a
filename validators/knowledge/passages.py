"""Splits pages into passages: small enough to read, large enough to make sense alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Final, NamedTuple

from policies.knowledge import Origin, Passage
from validators.knowledge.page import Block, Page

_END: Final = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*\s+|[\u3002\uff01\uff1f]+")
_LAST_WORD: Final = re.compile(r"[\w.]*$")
_ABBREVIATIONS_TEXT = (
    "e.g i.e etc vs approx ca cf max min mr mrs ms dr prof st jr sr inc "
    "ltd co corp dept est ext incl excl a.m p.m u.s u.k e.u z.b d.h bzw usw ggf inkl str"
)
_BEFORE_NUMBERS: Final = frozenset({"no", "nr", "vol", "fig", "art", "sec", "abs"})
_ABBREVIATIONS: Final = frozenset(_ABBREVIATIONS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long passages should be, in words."""

    least: int = 60
    """Shorter sections are joined with their neighbours."""
    most: int = 180
    """Longer sections are split; only a single sentence may be longer."""


DEFAULT_SIZES: Final = Sizes()


class _Piece(NamedTuple):
    """What is never cut: a list item, a row, or sentences of a paragraph."""

    text: str
    lead: str = ""
    """The line that introduces the list ("You need:"), without which an item misleads."""


@dataclass(frozen=True, slots=True)
class _Section:
    headings: tuple[str, ...]
    pieces: tuple[_Piece, ...]

    @property
    def words(self) -> int:
        return sum(count_words(piece.text) for piece in self.pieces)


def split_page(page: Page, sizes: Sizes = DEFAULT_SIZES) -> Iterator[Passage]:
    """Yield the passages of a page in order.

    Borders lie between sections, else between paragraphs, items or rows, else between
    sentences. Where short sections are joined, `headings` is what they have in common and
    the rest of each one's path is in the text, one line per heading, ending in a colon.
    """
    revision = page.digest[:12]
    for number, (headings, text) in enumerate(_texts(page.blocks, sizes)):
        yield Passage(
            id=f"{page.id}#{number}",
            source_id=page.id,
            title=page.title,
            text=text,
            headings=headings,
            uri=page.url,
            revision=revision,
            audience=page.audience,
            scope=page.scope,
            origin=Origin.KNOWLEDGE,
        )


def count_words(text: str) -> int:
    """Count words; writing without spaces counts by its length."""
    return max(len(text.split()), len(text) // 10)


def split_sentences(line: str) -> list[str]:
    """Cut a line after each sentence; joined by spaces the sentences are the line.

    In doubt (abbreviation, number, lower-case follower) it does not cut.
    """
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(line):
        if end.end() < len(line) and _ends_sentence(line[start : end.start()], line[end.end()]):
            sentences.append(line[start : end.end()].strip())
            start = end.end()
    sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_sentence(before: str, follower: str) -> bool:
    if follower.islower():
        return False
    match = _LAST_WORD.search(before)
    last = match.group().lower() if match else ""
    is_number_of_item = last.isdigit() and last == before.strip()
    is_initial = len(last) == 1 and last.isalpha()
    is_short = last in _ABBREVIATIONS or (last in _BEFORE_NUMBERS and follower.isdigit())
    return not (is_number_of_item or is_initial or is_short)


def _texts(blocks: Iterable[Block], sizes: Sizes) -> Iterator[tuple[tuple[str, ...], str]]:
    for group in _joined(_sections(blocks), sizes):
        if len(group) > 1:
            yield _join(group)
            continue
        section = group[0]
        for pieces in _packed(section.pieces, section.words, sizes.most):
            yield section.headings, "\n".join(piece.text for piece in pieces)


def _sections(blocks: Iterable[Block]) -> Iterator[_Section]:
    for headings, group in groupby(blocks, key=lambda block: block.headings):
        yield _Section(headings, tuple(_pieces(group)))


def _pieces(blocks: Iterable[Block]) -> Iterator[_Piece]:
    lead = ""
    for block in blocks:
        lines = block.text.split("\n")
        for line in lines:
            yield _Piece(line, lead if len(lines) > 1 else "")
        lead = lines[-1] if lines[-1].endswith(":") else ""


def _joined(sections: Iterable[_Section], sizes: Sizes) -> list[list[_Section]]:
    """Group neighbours until a group is long enough, never beyond the most."""
    groups: list[list[_Section]] = []
    for section in sections:
        if groups and _fit(groups[-1], [section], sizes):
            groups[-1].append(section)
        else:
            groups.append([section])
    return groups


def _fit(left: Sequence[_Section], right: Sequence[_Section], sizes: Sizes) -> bool:
    sums = [sum(section.words for section in side) for side in (left, right)]
    return min(sums) < sizes.least and sum(sums) <= sizes.most


def _join(group: Sequence[_Section]) -> tuple[tuple[str, ...], str]:
    shared = _common(section.headings for section in group)
    lines: list[str] = []
    above = shared
    for section in group:
        known = len(_common((above, section.headings)))
        lines += [f"{heading.rstrip(':')}:" for heading in section.headings[known:]]
        lines += [piece.text for piece in section.pieces]
        above = section.headings
    return shared, "\n".join(lines)


def _common(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all paths begin with."""
    common: list[str] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return tuple(common)


def _packed(pieces: Sequence[_Piece], words: int, most: int) -> Iterator[list[_Piece]]:
    """Fill passages evenly, so that none is left with a scrap."""
    target = words / ceil(words / most) if words else most
    pack: list[_Piece] = []
    size = 0
    for piece in _cut(pieces, most):
        more = count_words(piece.text)
        if pack and (size >= target or size + more > most):
            yield pack
            pack = [_Piece(piece.lead)] if piece.lead else []
            size = count_words(piece.lead)
        pack.append(piece)
        size += more
    if pack:
        yield pack


def _cut(pieces: Iterable[_Piece], most: int) -> Iterator[_Piece]:
    """Cut paragraphs that are longer than a passage between their sentences."""
    for piece in pieces:
        if count_words(piece.text) <= most:
            yield piece
            continue
        for sentence in split_sentences(piece.text):
            yield _Piece(sentence, piece.lead)
