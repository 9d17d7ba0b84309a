"""Compare the wording of a claim and its best evidence: polarity, marks, conditions, names."""

from collections.abc import Mapping, Sequence

from validators.grounding.align import Match, Pool, Subject
from validators.grounding.marks import Mark
from validators.grounding.promises import Promise, promise
from validators.grounding.reading import Reading

_SAFE = 0.15
_NARROW = frozenset({Mark.PARTIAL, Mark.ONLY, Mark.EXCEPTION})
_BOLD = (Mark.UNIVERSAL, Mark.EACH, Mark.CERTAIN, Mark.PROMPT)
"""What inventions are bolder by than their page, wherever on it."""
_NOTHING = Reading("")
_EMPTY: frozenset[str] = frozenset()


def wording_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    """Summarise how claim and evidence differ in their small words."""
    return {
        **_mark_features(subject, matches),
        **_polarity_features(subject, pool, matches),
        **_condition_features(subject, pool, matches),
        **_name_features(subject, pool, matches),
        **_promise_features(subject),
    }


def _mark_features(subject: Subject, matches: Sequence[Match]) -> dict[str, float]:
    claim = subject.claim.marks
    unit = matches[0].unit if matches else None
    evidence = unit.reading.marks if unit else frozenset[Mark]()
    framed = evidence | (unit.frame.marks if unit else frozenset[Mark]())
    near = frozenset[Mark]().union(
        *(m.unit.reading.marks | m.unit.frame.marks for m in matches), subject.question.marks
    )
    wide = bool(claim & {Mark.UNIVERSAL, Mark.EACH})
    return {
        **{f"add_{mark}": float(mark in claim and mark not in framed) for mark in Mark},
        **{f"drop_{mark}": float(mark in framed and mark not in claim) for mark in Mark},
        **{f"new_{mark}": float(mark in claim and mark not in near) for mark in _BOLD},
        "widened": float(wide and any(_NARROW & m.unit.reading.marks - claim for m in matches[:2])),
        "both_negation": float(Mark.NEGATION in claim and Mark.NEGATION in evidence),
    }


def _polarity_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    claim = subject.claim
    evidence = matches[0].unit.reading if matches else _NOTHING
    answer_only = subject.elliptic
    # Opposite words mean little where the two sentences have little else in common, and a
    # bare yes or no has been given the question's words, not its own.
    common = pool.share(claim.concepts, evidence.concepts | subject.question.concepts)
    close = 0.0 if answer_only else common**2
    gaps = [polarity_gap(claim, m.unit.reading, pool) for m in matches[:2]]
    subjects = (claim.subject, evidence.subject)
    return {
        "elliptic": float(answer_only),
        "polarity": min(gaps, default=0.0),
        "polarity_best": gaps[0] * close if gaps else 0.0,
        "antonym": close if _antonyms(claim, evidence) else 0.0,
        "actor": float(all(subjects) and subjects[0] != subjects[1]),
    }


def _condition_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    evidence = matches[0].unit.reading if matches else _NOTHING
    held = pool.held[matches[0].index] if matches else _EMPTY
    asked = subject.question.concepts
    known = subject.sentence.concepts | asked | subject.recent.concepts
    return {
        "condition_dropped": _lacking(evidence.conditions, known, pool),
        "condition_added": _lacking(subject.claim.conditions, held | asked, pool),
        "condition_novel": _lacking(subject.claim.conditions, pool.everything | asked, pool),
    }


def _lacking(conditions: Sequence[frozenset[str]], known: frozenset[str], pool: Pool) -> float:
    """Return the share of the worst condition that the other side does not know."""
    return max((1 - pool.share(c, known) for c in conditions), default=0.0)


def _name_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    names = subject.claim.names | subject.question.names
    if not names or not matches:
        return {"name_missing": 0.0, "name_other": 0.0, "name_unknown": 0.0}
    unit = matches[0].unit
    asked = subject.claim.concepts | subject.question.concepts | subject.recent.concepts
    others = (unit.title.names | unit.reading.names) - asked
    missing = 1 - pool.share(names & pool.everything, pool.held[matches[0].index])
    return {
        "name_missing": missing,
        "name_other": missing * bool(others),
        "name_unknown": float(bool(subject.claim.names - pool.everything)),
    }


def _promise_features(subject: Subject) -> dict[str, float]:
    kind = promise(subject.sentence.text)
    return {f"promise_{p}": float(kind is p) for p in Promise if p}


def polarity_gap(claim: Reading, evidence: Reading, pool: Pool) -> float:
    """Return the weighted share of common words that one side states and the other negates."""
    common = claim.polarity.keys() & evidence.polarity.keys()
    total = sum(map(pool.weight, common))
    flipped = sum(pool.weight(c) for c in common if _differ(claim.polarity, evidence.polarity, c))
    return flipped / (total + _SAFE) if total else 0.0


def _antonyms(claim: Reading, evidence: Reading) -> bool:
    """Tell whether one side names a thing and the other its opposite."""
    return any(
        _differ(claim.polarity, evidence.polarity, c) for c in claim.opposites ^ evidence.opposites
    )


def _differ(ours: Mapping[str, int], theirs: Mapping[str, int], concept: str) -> bool:
    return concept in ours and concept in theirs and not ours[concept] & theirs[concept]
