"""Compare the values of a claim with those of the evidence, each in its own context.

A value contradicts a claim only where the same kind of value stands in the same place: the
words near it, the rest of its row, its headings and its page decide how well a place fits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from validators.grounding.align import FOREIGN, Match, Pool, Subject, weights
from validators.grounding.alternatives import misplaced
from validators.grounding.kinds import (
    Bound,
    Kind,
    Value,
    comparable,
    derived,
    equal,
    excludes,
    opposed,
)
from validators.grounding.passages import Unit
from validators.grounding.roles import scenario
from validators.grounding.words import GLUE

_NEAR = 1.5
_BESIDE = 0.4
_FAR = 0.6
_FAINT = 0.1
_KNOWN = 24
_SIBLINGS = 16
_HARD = (Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.ADDRESS)
_CALENDAR = (Kind.DATE, Kind.TIME, Kind.WEEKDAY)


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """What the evidence says about one value of the claim."""

    value: Value
    agreeing: float = 0.0
    """How well the best context of an equal value fits, 0..1; 0 if there is none."""
    rival: float = 0.0
    """The same for the best comparable value that is not equal."""
    rival_unit: Unit | None = None
    rival_value: Value | None = None
    opposed: bool = False
    """The equal value is a limit on the other side."""
    crossed: float = 0.0
    """How well the context of another value of the same claim fits, 0..1."""
    plain: bool = False
    """The rival is one plain value, not a range or a limit on another side."""
    private: bool = False
    """Only this customer's facts hold an equal value."""
    context: float = 0.0
    """Share of the words around the value that stand by an equal value of the evidence."""
    misplaced: float = 0.0
    """How clearly the claim speaks of what another value beside the equal one is for, 0..1."""
    derived: bool = False
    """It can be computed from values of the evidence, the question and the claim."""
    scenario: bool = False
    """It describes the case at hand; no page has to hold it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One value of the evidence and how well its context fits the claim's."""

    fit: float
    index: int
    """Position of the unit in the pool."""
    unit: Unit
    value: Value
    close: frozenset[str]
    """The words beside the value."""
    same: bool
    """The value is equal to the claim's."""


def match_values(subject: Subject, pool: Pool, matches: Sequence[Match]) -> list[ValueMatch]:
    """Compare each value of the claim that the customer did not bring up.

    `matches` are the units aligned with the claim.
    """
    claim = subject.claim
    given = (*subject.question.values, *subject.said.values)
    own = [
        (value, near)
        for value, near in zip(claim.values, claim.near, strict=True)
        if _checkable(value, given)
    ]
    if not own:
        return []
    siblings = [*{(v.kind, v.low, v.high, v.unit): v for v in claim.values}.values()][:_SIBLINGS]
    base = weights(subject, pool)
    affinities = pool.affinities(subject)
    found = []
    for value, near in own:
        elsewhere = frozenset().union(*claim.near) - near
        wanted = {
            c: w * (_NEAR if c in near else _BESIDE if c in elsewhere else 1.0)
            for c, w in base.items()
        }
        places = list(_places(value, wanted, pool, affinities))
        equals = [(p.index, p.value, p.fit) for p in places if p.same]
        matched = _matched(value, places, siblings)
        about = frozenset(c for c in near if c not in GLUE)
        found.append(
            replace(
                matched,
                context=_context(matched, about, places, pool),
                misplaced=misplaced(value, subject, pool, equals),
                scenario=scenario(claim.text, value),
            )
        )
    return _with_derived(found, subject, matches)


def _checkable(value: Value, given: Sequence[Value]) -> bool:
    """Leave out a pronoun-like one, and the customer's values unless they became a limit."""
    if value.kind is Kind.COUNT and value.spelled and value.low <= 1:
        return False
    return value.bound is not Bound.NONE or not any(equal(value, said) for said in given)


def _places(
    value: Value, wanted: Mapping[str, float], pool: Pool, affinities: Sequence[float]
) -> Iterator[_Place]:
    total = sum(wanted.values()) or 1.0
    for index, (unit, held, affinity) in enumerate(
        zip(pool.units, pool.held, affinities, strict=True)
    ):
        if not unit.reading.values:
            continue
        shared = held & wanted.keys()
        for other, close in zip(unit.reading.values, unit.reading.near, strict=True):
            if (same := equal(value, other)) or comparable(value, other):
                fit = sum(wanted[c] * (1.0 if c in close else _FAR) for c in shared) / total
                fit *= FOREIGN + (1 - FOREIGN) * affinity
                yield _Place(fit, index, unit, other, close, same)


def _matched(value: Value, places: Sequence[_Place], siblings: Sequence[Value]) -> ValueMatch:
    same = [p for p in places if p.same]
    others = [p for p in places if not p.same]
    crossed = [p for p in others if any(equal(s, p.value) for s in siblings)]
    taken = {id(p) for p in crossed}
    best = max(same, key=lambda p: p.fit, default=None)
    rival = max((p for p in others if id(p) not in taken), key=lambda p: p.fit, default=None)
    faint = _FAINT if value.kind is Kind.COUNT else 0.0
    agreeing = best.fit + 0.02 if best and best.fit + 0.02 > faint else 0.0
    result = ValueMatch(
        value,
        agreeing,
        opposed=bool(best and opposed(value, best.value)),
        crossed=max((p.fit for p in crossed), default=0.0),
        private=bool(same) and not any(p.unit.passage.shared for p in same),
    )
    if rival is None or not rival.fit:
        return result
    return replace(
        result,
        rival=rival.fit,
        rival_unit=rival.unit,
        rival_value=rival.value,
        plain=excludes(rival.value, value),
    )


def _context(
    matched: ValueMatch, about: frozenset[str], places: Sequence[_Place], pool: Pool
) -> float:
    """Return how much of what a value is attached to stands by an equal value: 0..1."""
    if not matched.agreeing:
        return 0.0
    best = 0.0
    for place in places:
        if best < 1 and place.same:
            unit, close = place.unit, about & place.close
            inside = unit.reading.concepts | unit.frame.concepts | unit.title.concepts
            beside = pool.share(about, close)
            best = max(best, beside + _FAR * (pool.share(about, close | inside) - beside))
    return best


def _with_derived(
    found: list[ValueMatch], subject: Subject, matches: Sequence[Match]
) -> list[ValueMatch]:
    if all(v.agreeing for v in found):
        return found
    said = [*subject.question.values, *subject.sentence.values][:_KNOWN]
    near = [v for match in matches for v in match.unit.reading.values]
    known = [*said, *near][:_KNOWN]
    return [
        v if v.agreeing else replace(v, derived=derived(v.value, _others(said, v.value), known))
        for v in found
    ]


def _others(values: Sequence[Value], value: Value) -> list[Value]:
    """Leave out the value itself, which the claim and its sentence both hold."""
    return [v for v in values if (v.kind, v.low, v.unit) != (value.kind, value.low, value.unit)]


def value_features(found: Sequence[ValueMatch]) -> dict[str, float]:
    """Summarise the values of one claim."""
    missing = [v for v in found if not (v.agreeing or v.derived or v.scenario)]
    present = [v for v in found if v.agreeing]
    hard = [v for v in missing if v.value.kind in _HARD]
    counts = [v for v in missing if v.value.kind is Kind.COUNT]
    dated = [v for v in missing if v.value.kind is Kind.DATE]
    leads = [v.agreeing - v.rival for v in present]
    return {
        "values": min(len(found), 3) / 3,
        "value_missing": float(bool(hard)),
        "value_plain": max((v.rival for v in (*hard, *dated) if v.plain), default=0.0),
        "value_limit": max((v.rival for v in hard if not v.plain), default=0.0),
        "value_alone": float(any(not v.rival for v in hard)),
        "count_missing": float(bool(counts)),
        "count_plain": max((v.rival for v in counts if v.plain), default=0.0),
        "date_missing": float(any(v.value.kind in _CALENDAR for v in missing)),
        "value_derived": float(any(v.derived for v in found)),
        "value_agreeing": min((v.agreeing for v in present), default=0.0),
        "value_margin": min(0.0, min(leads, default=0.0)),
        "value_lead": max(0.0, min(leads, default=0.0)),
        "value_crossed": _swapped(present),
        "bound_opposed": float(any(v.opposed for v in present)),
        "value_misplaced": max((v.misplaced for v in present if not v.scenario), default=0.0),
        "value_context": 1 - min((v.context for v in present), default=1.0),
        "value_all_found": float(bool(present) and not missing),
    }


def _swapped(present: Sequence[ValueMatch]) -> float:
    """Return how clearly two values of a claim stand in each other's place."""
    gaps = sorted((v.crossed - v.agreeing for v in present), reverse=True)
    return max(0.0, gaps[1]) if len(gaps) > 1 else 0.0
