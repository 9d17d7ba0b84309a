"""Which words of the pages are names: of products, plans, markets, partners.

Pages of sibling products read alike, so a difference between them means nothing. What is
a name is learnt from the pages: words that inside of sentences are mostly capitalised.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from validators.grounding.kinds import Kind
from validators.grounding.passages import Unit
from validators.grounding.reading import Reading
from validators.grounding.words import Word
from validators.knowledge.lint.guards import CASE_CONCEPTS

_MOSTLY = 0.6
_MANY_PAGES = 10
_EVERYWHERE = 0.6
_LONGEST = 5
_RECURS = 2
_SHARED_BY = 4
_ACRONYM = 5
_MANY_PRODUCTS = 8
_OF_MOST = 0.4
_SEPARATORS = re.compile(r"[^\w]|_")
_WORD_AND_NUMBER = re.compile(r"\b[^\W\d_]+[ -](\d{1,3})\b")
_UNITS = frozenset({Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.DATE, Kind.TIME})
_CALENDAR_TEXT = (
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday"
)
_CALENDAR = frozenset(Reading(_CALENDAR_TEXT).concepts)
_NOTHING: frozenset[str] = frozenset()


class Names:
    """The names that tell one subject of the pages from another."""

    def __init__(self, pages: Sequence[Sequence[Unit]]) -> None:
        """Learn the names from the units of each page."""
        written = _Written()
        on_pages = Counter[str]()
        for units in pages:
            on_pages.update({c for unit in units for c in unit.reading.concepts})
            for unit in units:
                written.add(unit.reading)
        common = {
            c
            for c, n in on_pages.items()
            if len(pages) >= _MANY_PAGES and n > _EVERYWHERE * len(pages)
        }
        titles = [units[0].title for units in pages if units]
        self._names = written.names() - common - _CALENDAR
        self._subjects = self._names & frozenset().union(*(t.concepts for t in titles))
        self._subjects -= written.acronyms() | self._of_the_house(pages)
        self._phrases = _phrases(titles)
        self._shared = self._shared_words()
        self._by_page = {u[0].passage.source_id: self._subject(u) for u in pages if u}

    def of(self, readings: Iterable[Reading]) -> frozenset[str]:
        """Return the names in the texts, with the numbers that belong to them."""
        return _NOTHING.union(*(self._named(reading, self._names) for reading in readings))

    def subjects(self, readings: Iterable[Reading]) -> frozenset[str]:
        """Return the names that some page has in its title, and their numbers."""
        return _NOTHING.union(*(self._named(reading, self._subjects) for reading in readings))

    def subject_of(self, page: str) -> frozenset[str]:
        """Return the names of what a page is about: from its title, its id or its text."""
        return self._by_page.get(page, _NOTHING)

    def product(self, title: Reading) -> frozenset[str]:
        """Return the words of the first product name in a title; empty if there is none.

        A product name is a run of capitalised words that recurs in titles and holds a name.
        """
        for run in _runs(title):
            for phrase in _parts(run):
                concepts = frozenset(w.concept for w in phrase)
                if _text(phrase) in self._phrases and concepts & self._subjects:
                    return concepts | self._numbers(title)
        return _NOTHING

    def same_product(self, one: frozenset[str], two: frozenset[str]) -> bool:
        """Tell whether two product names may mean one product.

        The longer may add only what many products have in their names: card, account.
        """
        if not one or not two or one == two:
            return True
        return (one < two or two < one) and one ^ two <= self._shared - CASE_CONCEPTS

    def spans(self, reading: Reading) -> list[tuple[str, int]]:
        """Return the numbers that are part of a name, as the 3 of "Split 3", with offsets."""
        named = {w.end for w in reading.words if w.capital and w.concept in self._names}
        typed = {v.start for v in reading.values if v.kind in _UNITS}
        return [
            (match[1], match.start(1))
            for match in _WORD_AND_NUMBER.finditer(reading.text)
            if match.start(1) - 1 in named and match.start(1) not in typed
        ]

    def _numbers(self, reading: Reading) -> frozenset[str]:
        return frozenset(f"#{number}" for number, _ in self.spans(reading))

    def _named(self, reading: Reading, names: frozenset[str]) -> frozenset[str]:
        found = frozenset(w.concept for w in reading.content if w.capital) & names
        return found | self._numbers(reading) if found else found

    def _of_the_house(self, pages: Sequence[Sequence[Unit]]) -> frozenset[str]:
        """Names that stand on pages of many different products: the company's own."""
        titled: dict[frozenset[str], set[str]] = {}
        for units in pages:
            if units and (own := self._named(units[0].title, self._subjects)):
                spoken = titled.setdefault(own, set())
                spoken.update(*(self._named(u.reading, self._subjects) for u in units))
        if len(titled) < _MANY_PRODUCTS:
            return _NOTHING
        counts = Counter(name for own, spoken in titled.items() for name in spoken - own)
        return frozenset(n for n, count in counts.items() if count > _OF_MOST * len(titled))

    def _shared_words(self) -> frozenset[str]:
        """Words that stand in the names of many products and are no names themselves."""
        beside: dict[str, set[frozenset[str]]] = {}
        for phrase in self._phrases:
            concepts = Reading(phrase).concepts
            if own := concepts & self._subjects:
                for concept in concepts - own:
                    beside.setdefault(concept, set()).add(own)
        return frozenset(c for c, products in beside.items() if len(products) >= _SHARED_BY)

    def _subject(self, units: Sequence[Unit]) -> frozenset[str]:
        """Take the title, else the page's id, which is often a path, else the page's one name."""
        if titled := self._named(units[0].title, self._subjects):
            return titled
        path = Reading(_SEPARATORS.sub(" ", units[0].passage.source_id))
        if filed := path.concepts & self._subjects:
            return filed
        spoken = [names for u in units if (names := self._named(u.reading, self._subjects))]
        return spoken[0] if spoken and all(names == spoken[0] for names in spoken) else _NOTHING


class _Written:
    """Counts how words are written inside of sentences; the first word of one tells nothing."""

    def __init__(self) -> None:
        self._upper, self._lower, self._capitals = Counter[str](), Counter[str](), Counter[str]()

    def add(self, reading: Reading) -> None:
        first = reading.words[0].start if reading.words else 0
        for word in reading.content:
            before = reading.text[: word.start].rstrip(" \"'(*_")
            if word.start == first or before.endswith((".", ":", "!", "?", ";", "|", "/")):
                continue
            (self._upper if word.capital else self._lower)[word.concept] += 1
            surface = reading.text[word.start : word.end]
            self._capitals[word.concept] += surface.isupper() and len(surface) <= _ACRONYM

    def names(self) -> frozenset[str]:
        return frozenset(c for c, n in self._upper.items() if n / (n + self._lower[c]) >= _MOSTLY)

    def acronyms(self) -> frozenset[str]:
        """Terms such as APR, which name what is told, not whose it is."""
        return frozenset(c for c, n in self._capitals.items() if n > self._upper[c] / 2)


def _runs(reading: Reading) -> Iterator[list[Word]]:
    """Yield stretches of capitalised words with nothing but a blank or hyphen between them."""
    run: list[Word] = []
    for word in reading.words:
        adjacent = run and word.start - run[-1].end == 1 and reading.text[word.start - 1] in " -"
        if run and not (word.capital and adjacent):
            yield run
            run = []
        if word.capital:
            run.append(word)
    if run:
        yield run


def _parts(run: Sequence[Word]) -> Iterator[Sequence[Word]]:
    for size in range(min(len(run), _LONGEST), 0, -1):
        for start in range(len(run) - size + 1):
            yield run[start : start + size]


def _text(phrase: Sequence[Word]) -> str:
    return " ".join(word.text for word in phrase)


def _phrases(titles: Iterable[Reading]) -> frozenset[str]:
    seen = Counter[str]()
    for title in titles:
        seen.update({_text(part) for run in _runs(title) for part in _parts(run)})
    return frozenset(phrase for phrase, count in seen.items() if count >= _RECURS)
