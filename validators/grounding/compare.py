"""Typed comparison of a claim with the sentences that speak about it.

Word overlap rewards the copy with one flipped word, so the claim is aligned first and
then compared by type: values, polarity, quantifiers, modality, conditions, names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from validators.grounding.align import FOREIGN, Match, Pool, Subject, align, weights
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
from validators.grounding.marks import Mark
from validators.grounding.passages import Unit
from validators.grounding.promises import Promise, promise
from validators.grounding.reading import Reading

_FAR = 0.6
_SAFE = 0.15
_FAINT = 0.1
_KNOWN = 24
_HARD = (Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.ADDRESS)
_CALENDAR = (Kind.DATE, Kind.TIME, Kind.WEEKDAY)


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """What the evidence says about one value of the claim."""

    value: Value
    agreeing: float
    """How well the best context of an equal value fits, 0..1; 0 if there is none."""
    rival: float
    """The same for the best comparable value that is not equal."""
    rival_unit: Unit | None
    rival_value: Value | None
    opposed: bool
    derived: bool
    """It can be computed from values of the evidence, the question and the claim."""
    plain: bool
    """The rival is one plain value, not a range or a limit on another side."""
    crossed: float = 0.0
    """How well the context of another value of the same claim fits, 0..1."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything measured about one claim."""

    subject: Subject
    matches: tuple[Match, ...]
    values: tuple[ValueMatch, ...]
    features: Mapping[str, float]


def compare(subject: Subject, pool: Pool) -> Comparison:
    """Measure a claim against the pool."""
    matches = align(subject, pool)
    found = tuple(_values(subject, pool))
    features = {
        **_coverage(subject, pool, matches),
        **_value_features(found),
        **_wording(subject, pool, matches),
    }
    return Comparison(subject, tuple(matches), found, features)


def _coverage(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    own = subject.claim.concepts
    given = subject.question.concepts
    best = matches[0] if matches else None
    window: frozenset[str] = frozenset()
    if best:
        low, high = max(0, best.index - 1), best.index + 2
        window = frozenset().union(*pool.held[low:high])
    top = frozenset().union(*(pool.held[m.index] for m in matches[:3])) if matches else window
    missing = own - pool.everything - given
    return {
        "fit": best.score if best else 0.0,
        "coverage": best.coverage if best else 0.0,
        "coverage_own": pool.share(own, best.unit.reading.concepts) if best else 0.0,
        "coverage_window": pool.share(own, window),
        "coverage_top": pool.share(own, top | given),
        "coverage_pool": pool.share(own, pool.everything | given),
        "novel": min(len(missing), 4) / 4,
        "novel_share": len(missing) / max(1, len(own)),
        "length": min(len(own), 20) / 20,
        "margin": best.score - matches[1].score if best and len(matches) > 1 else 0.0,
    }


def _values(subject: Subject, pool: Pool) -> list[ValueMatch]:
    claim = subject.claim
    given = (*subject.question.values, *subject.said.values)
    own = [
        (value, near)
        for value, near in zip(claim.values, claim.near, strict=True)
        if not (value.kind is Kind.COUNT and value.spelled and value.low <= 1)
        if value.bound is not Bound.NONE or not any(equal(value, said) for said in given)
    ]
    if not own:
        return []
    base = weights(subject, pool)
    affinities = pool.affinities(subject)
    found = [_value(value, near, base, pool, affinities, claim.values) for value, near in own]
    if all(v.agreeing for v in found):
        return found
    best = {id(m.unit): m.unit for m in align(subject, pool)}
    known = [v for unit in best.values() for v in unit.reading.values]
    said = [*subject.question.values, *subject.sentence.values][:_KNOWN]
    known = [*said, *known][:_KNOWN]
    return [
        v if v.agreeing else replace(v, derived=derived(v.value, _others(said, v.value), known))
        for v in found
    ]


def _others(values: Sequence[Value], value: Value) -> list[Value]:
    """Leave out the value itself, which the claim and its sentence both hold."""
    return [v for v in values if (v.kind, v.low, v.unit) != (value.kind, value.low, value.unit)]


def _value(
    value: Value,
    near: frozenset[str],
    base: Mapping[str, float],
    pool: Pool,
    affinities: Sequence[float],
    siblings: Sequence[Value],
) -> ValueMatch:
    wanted = {c: w * (1.5 if c in near else 1.0) for c, w in base.items()}
    total = sum(wanted.values()) or 1.0
    agreeing = rival = crossed = 0.0
    rival_unit = rival_value = None
    is_opposed = False
    for index, unit in enumerate(pool.units):
        reading = unit.reading
        if not reading.values:
            continue
        shared = pool.held[index] & wanted.keys()
        for other, close in zip(reading.values, reading.near, strict=True):
            same = equal(value, other)
            if not same and not comparable(value, other):
                continue
            fit = sum(wanted[c] * (1.0 if c in close else _FAR) for c in shared) / total
            fit *= FOREIGN + (1 - FOREIGN) * affinities[index]
            if same:
                if fit >= agreeing:
                    is_opposed = opposed(value, other)
                agreeing = max(agreeing, fit + 0.02)
            elif any(equal(sibling, other) for sibling in siblings):
                crossed = max(crossed, fit)
            elif fit > rival:
                rival, rival_unit, rival_value = fit, unit, other
    faint = _FAINT if value.kind is Kind.COUNT else 0.0
    agreeing = agreeing if agreeing > faint else 0.0
    plain = rival_value is not None and excludes(rival_value, value)
    return ValueMatch(
        value, agreeing, rival, rival_unit, rival_value, is_opposed, derived=False, plain=plain,
        crossed=crossed,
    )


def _value_features(found: Sequence[ValueMatch]) -> dict[str, float]:
    missing = [v for v in found if not v.agreeing and not v.derived]
    present = [v for v in found if v.agreeing]
    hard = [v for v in missing if v.value.kind in _HARD]
    return {
        "values": min(len(found), 3) / 3,
        "value_missing": float(bool(hard)),
        "value_plain": max((v.rival for v in hard if v.plain), default=0.0),
        "value_limit": max((v.rival for v in hard if not v.plain), default=0.0),
        "value_alone": float(any(not v.rival for v in hard)),
        "count_missing": float(any(v.value.kind is Kind.COUNT for v in missing)),
        "count_plain": max(
            (v.rival for v in missing if v.value.kind is Kind.COUNT and v.plain), default=0.0
        ),
        "date_missing": float(any(v.value.kind in _CALENDAR for v in missing)),
        "value_derived": float(any(v.derived for v in found)),
        "value_agreeing": min((v.agreeing for v in present), default=0.0),
        "value_margin": min((min(0.0, v.agreeing - v.rival) for v in present), default=0.0),
        "value_lead": max(0.0, min((v.agreeing - v.rival for v in present), default=0.0)),
        "value_crossed": _swapped(present),
        "bound_opposed": float(any(v.opposed for v in present)),
        "value_all_found": float(bool(present) and not missing),
    }


def _swapped(present: Sequence[ValueMatch]) -> float:
    """Return how clearly two values of a claim stand in each other's place."""
    gaps = sorted((v.crossed - v.agreeing for v in present), reverse=True)
    return max(0.0, gaps[1]) if len(gaps) > 1 else 0.0


def _wording(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    claim = subject.claim
    unit = matches[0].unit if matches else None
    evidence = unit.reading if unit else Reading("")
    frame = unit.frame.marks if unit else frozenset[Mark]()
    result: dict[str, float] = {}
    for mark in Mark:
        said, held = mark in claim.marks, mark in evidence.marks or mark in frame
        result[f"add_{mark}"] = float(said and not held)
        result[f"drop_{mark}"] = float(held and not said)
    wide = Mark.UNIVERSAL in claim.marks or Mark.EACH in claim.marks
    narrow = {Mark.PARTIAL, Mark.ONLY, Mark.EXCEPTION}
    result["widened"] = float(
        wide and any(narrow & m.unit.reading.marks - claim.marks for m in matches[:2])
    )
    result["both_negation"] = float(Mark.NEGATION in claim.marks and Mark.NEGATION in evidence.marks)
    known = subject.sentence.concepts | subject.question.concepts | subject.recent.concepts
    held = pool.held[matches[0].index] if matches else frozenset[str]()
    result["elliptic"] = elliptic = float(claim.text != subject.sentence.text and not Reading(subject.sentence.text).concepts)
    # Opposite words mean little where the two sentences have little else in common.
    close = pool.share(claim.concepts, evidence.concepts | subject.question.concepts) ** 2
    close *= 1 - elliptic
    result |= {
        "polarity": min(
            (polarity_gap(claim, m.unit.reading, pool) for m in matches[:2]), default=0.0
        ),
        "antonym": bool(_flipped(claim, evidence)) * close,
        "polarity_best": polarity_gap(claim, evidence, pool) * close,
        "condition_dropped": max(
            (1 - pool.share(c, known) for c in evidence.conditions), default=0.0
        ),
        "condition_added": max(
            (1 - pool.share(c, held | subject.question.concepts) for c in claim.conditions), default=0.0
        ),
        "condition_novel": max(
            (1 - pool.share(c, pool.everything | subject.question.concepts) for c in claim.conditions),
            default=0.0,
        ),
        "actor": float(bool(claim.subject and evidence.subject and claim.subject != evidence.subject)),
    }
    result |= _names(subject, pool, matches)
    kind = promise(subject.sentence.text)
    result |= {f"promise_{p}": float(kind is p) for p in Promise if p}
    return result


def _names(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    names = subject.claim.names | subject.question.names
    if not names or not matches:
        return {"name_missing": 0.0, "name_other": 0.0, "name_unknown": 0.0}
    held = pool.held[matches[0].index]
    unit = matches[0].unit
    asked = subject.claim.concepts | subject.question.concepts | subject.recent.concepts
    others = (unit.title.names | unit.reading.names) - asked
    missing = 1 - pool.share(names & pool.everything, held)
    return {
        "name_missing": missing,
        "name_other": missing * bool(others),
        "name_unknown": float(bool(subject.claim.names - pool.everything)),
    }


def _flipped(claim: Reading, evidence: Reading) -> frozenset[str]:
    """Return what one side names and the other names by its opposite, and not negated."""
    either = claim.opposites ^ evidence.opposites
    ours, theirs = claim.polarity, evidence.polarity
    return frozenset(c for c in either if c in ours and c in theirs and not ours[c] & theirs[c])


def polarity_gap(claim: Reading, evidence: Reading, pool: Pool) -> float:
    """Return the weighted share of common words that one side states and the other negates."""
    ours, theirs = claim.polarity, evidence.polarity
    common = ours.keys() & theirs.keys()
    total = sum(map(pool.weight, common))
    flipped = sum(pool.weight(c) for c in common if not ours[c] & theirs[c])
    return flipped / (total + _SAFE) if total else 0.0
