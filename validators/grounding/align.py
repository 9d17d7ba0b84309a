"""Find the sentences of the evidence that speak about a claim."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validators.grounding.passages import Unit
from validators.grounding.reading import Reading
from validators.grounding.words import GLUE

_FRAME_WEIGHT = 0.7
_REST_WEIGHT = 0.35
_QUESTION_WEIGHT = 0.3
_POINTING_WEIGHT = 0.6
_FULL = 2.0
"""A claim whose words weigh less points to what was said before."""
_RECENT_WEIGHT = 0.15
_KEPT = 4
_FAMILY = 5
FOREIGN = 0.3


@dataclass(frozen=True, slots=True)
class Subject:
    """A claim and the text around it that says what it is about."""

    claim: Reading
    sentence: Reading
    """The whole sentence, where the claim is one clause of it."""
    question: Reading
    recent: Reading
    """The sentence before."""
    said: Reading
    """All that the customer wrote: the values in it may be repeated."""
    elliptic: bool = False
    """A bare yes or no: the claim is the question turned into a statement."""


@dataclass(frozen=True, slots=True)
class Match:
    """One unit and how well it fits."""

    unit: Unit
    score: float
    """Weighted share of the claim and its context that the unit and its headings hold."""
    coverage: float
    """Weighted share of the claim's own words that the unit and its headings hold."""
    index: int
    """Position of the unit in the pool."""


class Pool:
    """The units that may support one answer, with the rarity of their words."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """Count in how many units each word occurs."""
        self.units = units
        self.held = [u.reading.concepts | u.frame.concepts | u.title.concepts for u in units]
        counts: dict[str, int] = {}
        for held in self.held:
            for concept in held:
                counts[concept] = counts.get(concept, 0) + 1
        self._counts = counts
        self._pages: dict[str, set[str]] = {}
        titles: dict[str, frozenset[str]] = {}
        for unit, concepts in zip(units, self.held, strict=True):
            source = unit.passage.source_id
            self._pages.setdefault(source, set()).update(concepts)
            titles[source] = unit.title.concepts
        shared = frozenset.intersection(*titles.values()) if titles else frozenset[str]()
        self._titled = frozenset().union(*titles.values()) - shared
        self._rarest = self._idf(0)
        self._weights: dict[str, float] = {}
        self._asked: tuple[Subject | None, list[float]] = (None, [])
        self._families: dict[str, frozenset[str]] = {}
        self._related: dict[str, set[str]] = {}
        for concept in counts:
            self._related.setdefault(concept[:_FAMILY], set()).add(concept)
        self.everything = frozenset(counts)

    def _idf(self, count: int) -> float:
        return math.log(1.0 + (len(self.units) + 1.0) / (count + 0.5))

    def weight(self, concept: str) -> float:
        """Return how much a word tells, relative to a word that no unit holds: 0..1."""
        known = self._weights.get(concept)
        if known is None:
            known = 0.25 + 0.75 * self._idf(self._counts.get(concept, 0)) / self._rarest
            self._weights[concept] = known
        return known

    def affinities(self, subject: Subject) -> list[float]:
        """Return for each unit, 0..1, how well its page fits the names that are asked about.

        Rules of sibling products read alike, so the page that never mentions the product in
        question must not win against the one that does.
        """
        if self._asked[0] is subject:
            return self._asked[1]
        readings = (subject.claim, subject.sentence, subject.question, subject.recent)
        names = frozenset().union(*(r.names for r in readings))
        words = frozenset().union(*(r.concepts for r in readings))
        asked = (names | (words & self._titled)) & self.everything
        by_page = {source: self.share(asked, frozenset(has)) for source, has in self._pages.items()}
        best = max(by_page.values(), default=1.0) or 1.0
        found = [(by_page[u.passage.source_id] / best) ** 3 for u in self.units]
        self._asked = (subject, found)
        return found

    def related(self, concept: str) -> frozenset[str]:
        """Return the words of the pool that begin alike: maintenance, maintain."""
        known = self._families.get(concept)
        if known is None:
            found = self._related.get(concept[:_FAMILY], ())
            known = frozenset(c for c in found if c == concept or len(concept) >= _FAMILY <= len(c))
            self._families[concept] = known
        return known

    def share(self, asked: frozenset[str], held: frozenset[str]) -> float:
        """Return the weighted share of `asked` that is in `held`; 1 if nothing is asked."""
        total = sum(map(self.weight, asked))
        return sum(self.weight(c) for c in asked & held) / total if total else 1.0


def weights(subject: Subject, pool: Pool) -> Mapping[str, float]:
    """Weigh the words of the claim and, less, of what surrounds it."""
    found: dict[str, float] = {}
    own = sum(map(pool.weight, subject.claim.concepts - GLUE))
    # "It costs ten pounds" leaves what it is about to the question.
    asked = _QUESTION_WEIGHT if own >= _FULL else _POINTING_WEIGHT
    for reading, factor in (
        (subject.claim, 1.0),
        (subject.sentence, _REST_WEIGHT),
        (subject.question, asked),
        (subject.recent, _RECENT_WEIGHT),
    ):
        for concept in reading.concepts:
            found.setdefault(concept, factor * pool.weight(concept))
    return found


def align(subject: Subject, pool: Pool) -> list[Match]:
    """Return the best units for the claim, best first."""
    wanted = weights(subject, pool)
    total = sum(wanted.values()) or 1.0
    own = subject.claim.concepts
    kinds = {v.kind for v in subject.claim.values}
    affinities = pool.affinities(subject)
    matches = []
    for index, unit in enumerate(pool.units):
        inner = unit.reading.concepts
        gained = sum(
            wanted[c] * (1.0 if c in inner else _FRAME_WEIGHT)
            for c in pool.held[index] & wanted.keys()
        )
        if kinds:
            gained += 0.08 * total * any(v.kind in kinds for v in unit.reading.values)
        if gained:
            matches.append((gained / total * (FOREIGN + (1 - FOREIGN) * affinities[index]), index))
    matches.sort(key=lambda m: (-m[0], m[1]))
    return [
        Match(pool.units[i], score, pool.share(own, pool.held[i]), i)
        for score, i in matches[:_KEPT]
    ]
