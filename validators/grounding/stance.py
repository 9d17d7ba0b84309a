"""Does a claim keep who acts, and what a rule is reserved to?"""

import re
from collections.abc import Mapping, Sequence

from validators.grounding.align import Match, Pool, Subject
from validators.grounding.marks import Mark
from validators.grounding.reading import Reading
from validators.grounding.words import GLUE, words

_DEEP = 2
_ACTOR = re.compile(
    r"\b(?P<who>you|we|i)(?:'(?:ll|re|ve|d))?\s(?P<verb>(?:(?:will|can|may|must|should)\s)?[\w']+)",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"\b(?P<what>\w+)\s(?:of\s(?:the\s)?\w+\s)?(?:is|are|will be|would be)\s"
    r"(?:up to\s|entirely\s)?(?P<who>you|us|yours|ours|your|our)\b",
    re.IGNORECASE,
)
_SIDES = {"you": "you", "yours": "you", "your": "you", "we": "we", "us": "we", "ours": "we",
          "our": "we", "i": "we"}  # fmt: skip


def stance_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    """Measure on which side of what the page says a claim stands."""
    near = matches[:_DEEP]
    return {
        "only_lost": max((_only_lost(subject, m, pool) for m in near), default=0.0),
        "actor_verb": _actor(subject.claim, near),
    }


def _only_lost(subject: Subject, match: Match, pool: Pool) -> float:
    """Return how much the rule's only case is missing from the claim and what is around it."""
    claim = subject.claim
    if Mark.NEGATION in claim.marks:
        return 0.0
    known = claim.concepts | subject.sentence.concepts | subject.question.concepts
    known |= subject.recent.concepts
    return max(
        (
            (1 - pool.share(only - GLUE, known)) * match.coverage
            for only in match.unit.reading.reserved
            if only - GLUE
        ),
        default=0.0,
    )


def _actor(claim: Reading, near: Sequence[Match]) -> float:
    """Tell whether the page has the customer do what the claim has the company do."""
    ours = actors(claim.text)
    for match in near:
        theirs = actors(match.unit.reading.text)
        both = ours.keys() & theirs.keys()
        if any(ours[v] == theirs[v] for v in both):
            return 0.0
        if both:
            return 1.0
    return 0.0


def actors(text: str) -> Mapping[str, str]:
    """Return for each verb with `you` or `we` before it who acts; `the choice is yours` too."""
    found: dict[str, str] = {}
    for match in _ACTOR.finditer(text):
        said = [w for w in words(match["verb"]) if w.content and w.concept not in GLUE]
        if said:
            found.setdefault(said[0].concept, _SIDES[match["who"].lower()])
    for match in _UP_TO.finditer(text):
        for what in words(match["what"]):
            if what.content:
                found[what.concept] = _SIDES[match["who"].lower()]
    return found
