"""Scopes and audiences that can't work: values written two ways, links to internal pages."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.knowledge import Audience
from validators.knowledge.page import Page

_ALIKE = 0.85
_FEW = 2
_MANY = 4
_TIMES_RARER = 4
_SHORTEST_TITLE = 12
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One page and what is wrong with its scope or its links."""

    page: Page
    other: Page | None
    message: str
    confidence: float


def scope_faults(pages: Sequence[Page]) -> Iterator[Fault]:
    """Yield pages whose scope key or value looks like another one written differently.

    A request's scope must match a page's to the letter but for case, so a page of market
    "Germany" is silent for a request from "DE"; only likely slips are told.
    """
    keys: dict[str, list[Page]] = defaultdict(list)
    values: dict[str, dict[str, list[Page]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        for key, value in page.scope.items():
            keys[key].append(page)
            values[key][value.casefold()].append(page)
    yield from _slips("key", keys)
    for key, held in values.items():
        yield from _slips(f"value of '{key}'", held)


def _slips(what: str, held: Mapping[str, Sequence[Page]]) -> Iterator[Fault]:
    for name, found in held.items():
        others = [o for o in held if o != name and len(held[o]) >= _TIMES_RARER * len(found)]
        close = difflib.get_close_matches(name, others, n=1, cutoff=_ALIKE)
        same = [o for o in others if _plain(o) == _plain(name)]
        for other in (same or close)[:1]:
            message = f"the scope's {what} is '{name}'; {len(held[other])} pages write '{other}'"
            if len(found) <= _FEW and len(held[other]) >= _MANY:
                yield from (Fault(page, None, message, 0.8) for page in found)


def _plain(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def internal_links(pages: Sequence[Page]) -> Iterator[Fault]:
    """Yield customer pages that name an internal page by its title or address."""
    internal = [p for p in pages if p.audience is Audience.INTERNAL]
    by_start: dict[str, list[tuple[str, Page]]] = defaultdict(list)
    for page in internal:
        for name in filter(None, (_spaced(_bare(page.title)), _spaced(page.url or ""))):
            if len(name) >= _SHORTEST_TITLE:
                by_start[name.split(" ", 1)[0]].append((name, page))
    if not by_start:
        return
    for page in pages:
        if page.audience is Audience.INTERNAL:
            continue
        text = f" {_spaced(' '.join(block.text for block in page.blocks))} "
        for word in dict.fromkeys(text.split()):
            for name, other in by_start.get(word, ()):
                if f" {name} " in text:
                    message = f"names the internal page '{other.title}', which no customer sees"
                    yield Fault(page, other, message, 0.7)


def _bare(title: str) -> str:
    return re.sub(r"^\W*internal\W*|\W*\(internal\)\W*$", "", title, flags=re.IGNORECASE)


def _spaced(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
