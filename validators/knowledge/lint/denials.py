"""Statements of which one denies what the other says: allowed and not, free and for a fee."""

import re
from collections.abc import Sequence

from validators.grounding.kinds import Kind, Value
from validators.grounding.words import GLUE, concept_of
from validators.knowledge.lint.candidates import Spot, pairs
from validators.knowledge.lint.comparable import comparable
from validators.knowledge.lint.conflict import agree
from validators.knowledge.lint.contradictions import Contradiction
from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.doubts import penalties
from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import LIMITS, Weights

_NEGATIVE = 2
_FEWEST_WORDS = 2
_COVERED = 0.8
_LEAST = 0.5
_FLIPPED = 0.3
_FREE_CONFIDENCE = 0.9
_ONE_SIDED = 0.9
_NOT_A_DENIAL = re.compile(
    r"\b(?:not (?:only|just|until|yet|always|necessarily)|whether or not|if not|avoid\w*|unless"
    r"|except|but not|no (?:later|longer|matter))\b",
    re.IGNORECASE,
)


_DENIES = re.compile(r"\b(?:not|cannot|never|no|\w+n['\u2019]t)\b", re.IGNORECASE)
_CAUSES = re.compile(
    r"\b(?:reasons?|causes?|why|problems?|errors?|troubleshoot\w*|unable|fail\w*|issues?)\b",
    re.IGNORECASE,
)
_RIGHTS_TEXT = "fee include approve allow require eligible available refund valid"
_RIGHTS = frozenset(concept_of(word)[0] for word in _RIGHTS_TEXT.split())


def denials(found: Sequence[Statement], weigh: Weights, deadline: Deadline) -> list[Contradiction]:
    """Return pairs of statements of which one denies the other, best first."""
    spots = [
        Spot(n, 0, (tuple(sorted(s.page.scope.items())), s.subject), s.own)
        for n, s in enumerate(found)
        if len(s.own - GLUE) >= _FEWEST_WORDS
    ]
    deniers = {n for n, s in enumerate(found) if _NEGATIVE in s.reading.polarity.values()}
    best: dict[tuple[str, str], Contradiction] = {}
    for a, b in pairs(spots, weigh):
        if deadline.passed():
            break
        if a.statement not in deniers and b.statement not in deniers:
            continue
        first, second = found[a.statement], found[b.statement]
        confidence = _denied(first, second, weigh)
        key = (first.page.id, second.page.id)
        if confidence >= _LEAST and (key not in best or best[key].confidence < confidence):
            best[key] = Contradiction(confidence, first, second, None)
    return sorted(best.values(), key=lambda c: (-c.confidence, c.first.page.id, c.second.page.id))


def _denied(a: Statement, b: Statement, weigh: Weights) -> float:
    signs = a.reading.polarity, b.reading.polarity
    common = signs[0].keys() & signs[1].keys()
    flipped = {c for c in common if not signs[0][c] & signs[1][c]}
    if not flipped or not (_states(a) and _states(b)):
        return 0.0
    if all(any(v.kind is Kind.MONEY and not v.high for v, _ in s.values) for s in (a, b)):
        return 0.0
    free = _free_against_fee(a, b) or _free_against_fee(b, a)
    if not free and not (_says_the_opposite(a, b, flipped, weigh) and _same_values(a, b)):
        return 0.0
    cover = min(_cover(a, b, weigh), _cover(b, a, weigh))
    if cover < _COVERED or not comparable(a, b):
        return 0.0
    confidence = cover * penalties(a, b, weigh, denial=True)
    return confidence * (_FREE_CONFIDENCE if free else 1.0)


def _states(s: Statement) -> bool:
    """Leave out sentences that deny in part, and lists of what may have gone wrong."""
    framed = (s.unit.title.text, s.unit.frame.text)
    return not _NOT_A_DENIAL.search(s.unit.text) and not any(map(_CAUSES.search, framed))


def _says_the_opposite(a: Statement, b: Statement, flipped: set[str], weigh: Weights) -> bool:
    """Tell whether one side negates, or one names a right or duty and the other its opposite.

    Opening and closing are opposites too, and no contradiction: both can be done.
    """
    if flipped & _RIGHTS & (a.reading.opposites ^ b.reading.opposites):
        return True
    common = a.reading.polarity.keys() & b.reading.polarity.keys()
    share = weigh.sum(flipped) / (weigh.sum(common) or 1.0)
    return bool(_DENIES.search(a.unit.text)) != bool(_DENIES.search(b.unit.text)) and (
        share >= _FLIPPED
    )


def _cover(own: Statement, other: Statement, weigh: Weights) -> float:
    counted = frozenset[str]().union(*(own.charged(value) for value, _ in own.values))
    words = own.own - own.subject - GLUE - LIMITS - counted
    total = weigh.sum(words)
    held = words & other.own
    framed = (words & other.framed) - held
    return (weigh.sum(held) + _ONE_SIDED * weigh.sum(framed)) / total if total else 0.0


def _same_values(a: Statement, b: Statement) -> bool:
    ours, theirs = [v for v, _ in a.values], [v for v, _ in b.values]
    return all(_held(v, theirs) for v in ours) and all(_held(v, ours) for v in theirs)


def _held(value: Value, others: Sequence[Value]) -> bool:
    return any(agree(value, o) for o in others)


def _free_against_fee(free: Statement, charged: Statement) -> bool:
    """Tell whether one side charges nothing and the other names its single price."""
    if any(v.kind is Kind.MONEY for v, _ in free.values) or "fee" not in free.reading.opposites:
        return False
    prices = [v for v, _ in charged.values if v.kind is Kind.MONEY]
    others = [v for v, _ in charged.values if v.kind not in (Kind.MONEY, Kind.DURATION)]
    return len(prices) == 1 and prices[0].low > 0 and not others and "fee" in charged.own
