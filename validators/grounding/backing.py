"""How much of what a claim says do the best sentences of the evidence say together?

A careless model writes fluent sentences of which single words occur somewhere on the page.
So the words of a claim are weighed by how much they state, looked for in two sentences at
most, and in the company that they keep in the claim.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from validators.grounding.align import Match, Pool, Subject
from validators.grounding.kinds import comparable, equal
from validators.grounding.passages import Unit
from validators.grounding.reading import Reading
from validators.grounding.words import GLUE

_GLUE_WEIGHT = 0.3
_RELATED = 0.7
_CANDIDATES = 3
_SPAN = 4
_QUOTE = 4
"""Fewer words in a row are repeated by chance."""
_EMPTY: frozenset[str] = frozenset()
_COMPLEMENT = re.compile(
    r"\b(?:is|are|was|were|means|known as|called)\s(?:also\s|actually\s|essentially\s)?"
    r"(?:an?|the|one of|known as|called)\s(?P<what>[^.;:\n]{1,160})",
    re.IGNORECASE,
)


def backing_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    """Measure what the best sentences say of a claim, and what nothing explains."""
    facts = _facts(subject.claim, pool)
    asked = _EMPTY if subject.elliptic else subject.question.concepts | subject.said.concepts
    pair = _pair(facts, pool, matches)
    held = frozenset().union(*(pool.held[i] for i in pair)) if pair else _EMPTY
    added = {c: w for c, w in facts.items() if c not in asked}
    unexplained = {c: w for c, w in added.items() if not pool.related(c)}
    total = sum(facts.values()) or 1.0
    found = {c: _degree(c, held, pool) for c in facts}
    scattered = sum(w * (1 - found[c]) for c, w in added.items() if c not in unexplained)
    return {
        "backed": _mean(facts, found),
        "backed_added": _mean(added, found),
        "adds_nothing": float(sum(added.values()) < _GLUE_WEIGHT),
        "invented": sum(unexplained.values()) / total,
        "invented_most": max(unexplained.values(), default=0.0),
        "scattered": scattered / total,
        "verbatim": _verbatim(subject.claim, matches),
        "quoted": _quoted(subject.claim, [m.unit for m in matches[:_CANDIDATES]]),
        "phrases": _phrases(subject.claim, [pool.units[i] for i in pair], pool),
        "reply_loose": subject.elliptic * (1 - _mean(facts, found)),
        "reply_value": float(subject.elliptic and bool(subject.claim.values)),
        "value_echo": _echo(subject, [pool.units[i] for i in pair]),
        "definition": _definition(subject.claim, held, pool),
        "sibling": _sibling(subject, pool),
    }


def _facts(claim: Reading, pool: Pool) -> Mapping[str, float]:
    return {c: pool.weight(c) * (_GLUE_WEIGHT if c in GLUE else 1.0) for c in claim.concepts}


def _mean(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    total = sum(weights.values())
    return sum(w * found[c] for c, w in weights.items()) / total if total else 1.0


def _degree(concept: str, held: frozenset[str], pool: Pool) -> float:
    """Return 1 for a word that is there, less for one of its family, 0 for neither."""
    if concept in held:
        return 1.0
    return _RELATED if not held.isdisjoint(pool.related(concept)) else 0.0


def _pair(facts: Mapping[str, float], pool: Pool, matches: Sequence[Match]) -> tuple[int, ...]:
    """Return the positions of the one or two sentences that say most of the claim."""
    if not matches:
        return ()
    near = [i for i in (matches[0].index - 1, matches[0].index + 1) if 0 <= i < len(pool.units)]
    source = matches[0].unit.passage.source_id
    places = [m.index for m in matches[:_CANDIDATES]]
    places += [i for i in near if i not in places and pool.units[i].passage.source_id == source]
    first = places[0]
    gained = {
        pair: sum(w for c, w in facts.items() if c in pool.held[pair[0]] | pool.held[pair[-1]])
        for pair in ((first,), *combinations(places, 2))
    }
    return max(gained, key=lambda pair: gained[pair])


def _phrases(claim: Reading, units: Sequence[Unit], pool: Pool) -> float:
    """Return the share of neighbouring words that are neighbours in the evidence too."""
    wanted = [
        (a.concept, b.concept, min(pool.weight(a.concept), pool.weight(b.concept)))
        for a, b in pairwise(claim.content)
        if a.concept != b.concept
    ]
    if not wanted:
        return 0.5
    known = {pair for unit in units for pair in _neighbours(unit)}
    total = sum(w for *_, w in wanted)
    return sum(w for a, b, w in wanted if (a, b) in known or (b, a) in known) / total


def _verbatim(claim: Reading, matches: Sequence[Match]) -> float:
    """Return the share of a sentence of the evidence that the claim repeats word for word."""
    if len(claim.words) < _QUOTE:
        return 0.0
    return max(
        (
            len(claim.words) / len(m.unit.reading.words)
            for m in matches
            if claim.plain in m.unit.reading.plain
        ),
        default=0.0,
    )


def _quoted(claim: Reading, units: Sequence[Unit]) -> float:
    """Return the share of the claim's words that stand in runs of three in one sentence."""
    mine = claim.runs
    covered = {
        place
        for unit in units
        for i, run in enumerate(mine)
        if run in unit.reading.run_set
        for place in (i, i + 1, i + 2)
    }
    return len(covered) / len(claim.words) if mine else 0.0


def _neighbours(unit: Unit) -> Iterator[tuple[str, str]]:
    for reading in (unit.reading, unit.frame, unit.title):
        content = reading.content
        for i, word in enumerate(content):
            for other in content[i + 1 : i + _SPAN]:
                yield word.concept, other.concept


def _echo(subject: Subject, units: Sequence[Unit]) -> float:
    """Tell whether a number of the customer's stands where the evidence has another one."""
    known = [v for unit in units for v in unit.reading.values]
    return float(
        any(
            any(equal(value, said) for said in subject.question.values)
            and any(comparable(value, v) for v in known)
            and not any(equal(value, v) for v in known)
            for value in subject.claim.values
        )
    )


def _definition(claim: Reading, held: frozenset[str], pool: Pool) -> float:
    """Return how much of what a thing is said to be the evidence does not say: 0..1."""
    if not (match := _COMPLEMENT.search(claim.text)):
        return 0.0
    start, end = match.span("what")
    what = frozenset(w.concept for w in claim.content if w.start >= start and w.end <= end) - GLUE
    return 1 - pool.share(what, held) if what else 0.0


def _sibling(subject: Subject, pool: Pool) -> float:
    """Tell whether a claim speaks of the entry tier where the mid tier was asked about."""
    ours, asked = _qualified(subject.claim), _qualified(subject.question)
    for head, kinds in ours.items():
        others = asked.get(head)
        if others and not kinds & others and (others | kinds) <= pool.everything:
            return float(not others & subject.claim.concepts)
    return 0.0


def _qualified(reading: Reading) -> Mapping[str, frozenset[str]]:
    """Return for each word of a compound or a name the words that stand right before it."""
    found: dict[str, frozenset[str]] = {}
    for a, b in pairwise(reading.content):
        joined = reading.text[a.end : b.start]
        if joined == "-" or (joined == " " and a.capital and b.capital):
            found[b.concept] = found.get(b.concept, _EMPTY) | {a.concept}
    return found
