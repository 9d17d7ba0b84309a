"""Remarks on pages: what makes a knowledge base a poor witness. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.knowledge import Passage

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 8
"""Shorter text is a heading or a link: it states nothing that could support an answer."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that the page's author may want to change."""

    page: str
    kind: str
    """`no_text`, `no_facts` or `duplicate`."""
    message: str


def lint_pages(pages: Mapping[str, Sequence[Passage]]) -> list[Remark]:
    """Return remarks on pages given by id with their passages, page by page."""
    return [*_empty(pages), *_duplicates(pages)]


def _empty(pages: Mapping[str, Sequence[Passage]]) -> Iterator[Remark]:
    for name, passages in pages.items():
        words = sum(len(_WORD.findall(p.text)) for p in passages)
        if not words:
            yield Remark(name, "no_text", "has no text, so nothing is ever found in it")
        elif words < _LEAST_WORDS:
            yield Remark(name, "no_facts", f"has only {words} words and supports no claim")


def _duplicates(pages: Mapping[str, Sequence[Passage]]) -> Iterator[Remark]:
    """The same words in two pages of one scope: one will be changed and the other forgotten."""
    first: dict[tuple[str, frozenset[tuple[str, str]]], Passage] = {}
    for name, passages in pages.items():
        for passage in passages:
            words = " ".join(_WORD.findall(passage.text.casefold()))
            if words.count(" ") + 1 < _LEAST_WORDS:
                continue
            known = first.setdefault((words, frozenset(passage.scope.items())), passage)
            if known.source_id != passage.source_id:
                yield Remark(name, "duplicate", f"{passage.id} says the same as {known.id}")
