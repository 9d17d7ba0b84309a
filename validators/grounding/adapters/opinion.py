"""What a judge's opinion does to a claim, and what it never does. Pure."""

import math
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from policies.findings import ClaimVerdict, Reason
from validators.grounding.fragments import cut
from validators.grounding.judge import Judgement

TYPED: Final = (
    "value_missing",
    "count_missing",
    "date_missing",
    "value_crossed",
    "bound_opposed",
    "sibling",
    "name_other",
)
"""Features of a comparison that are above 0 where a typed value, a limit or a product differs."""
_FINAL = (Reason.CONTRADICTS_KB, Reason.UNBACKED_PROMISE)
_SURE = 1e-4


class Opinion(StrEnum):
    """What a judge may say about a claim."""

    SUPPORTED = "SUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    NOT_FOUND = "NOT_FOUND"


def weighed(score: float, *, supported: bool, accuracy: float) -> float:
    """Return the probability of support after an opinion that is right so often.

    Bayes' rule with the judge's errors taken as independent of the rules' errors:
    the log odds of `accuracy` are added to, or taken from, those of `score`. Both are
    probabilities; an `accuracy` of 0.5 tells nothing.
    """
    told = _odds(accuracy)
    return 1.0 / (1.0 + math.exp(-(_odds(score) + (told if supported else -told))))


def doubt(score: float, threshold: float) -> float:
    """Return how probable it is that the decision at `threshold` is wrong, 0..1.

    Of what fails, that is the probability of support, of what passes its opposite (Chow
    1970, "On optimum recognition error and reject tradeoff"): who may ask about few claims
    asks about these first.
    """
    return score if score < threshold else 1.0 - score


def objects(judged: Judgement) -> bool:
    """Tell whether the rules found something that no opinion may excuse.

    A contradicted value, limit, product or negation, an unbacked promise, or a sentence
    that breaks off: a language model overlooks just these in a fluent sentence.
    """
    if judged.kind in _FINAL:
        return True
    statement = judged.statement
    features: Mapping[str, float] = judged.comparison.features if judged.comparison else {}
    if cut(statement.text, listed=statement.listed) and not features.get("verbatim"):
        return True
    return any(features.get(name, 0.0) > 0 for name in TYPED)


def moved(
    judged: Judgement, opinion: Opinion, *, accuracy: float, threshold: float, judge: str
) -> Judgement:
    """Return a judgement in the light of an opinion. `judge` names who gave it, for people.

    Support raises the score, unless the rules object; anything else lowers it. A verdict
    follows only where the score crosses `threshold`.
    """
    supported = opinion is Opinion.SUPPORTED
    if supported and objects(judged):
        return judged
    score = weighed(judged.score, supported=supported, accuracy=accuracy)
    fails = judged.kind is not None
    if fails is (score < threshold):
        return replace(judged, score=score)
    if not fails:
        return _failed(judged, opinion, score, judge)
    return replace(
        judged,
        score=score,
        verdict=ClaimVerdict.SUPPORTED,
        kind=None,
        aspect="",
        reason=f"{judge} finds this on the page; the rules alone were in doubt.",
    )


def _failed(judged: Judgement, opinion: Opinion, score: float, judge: str) -> Judgement:
    if opinion is Opinion.CONTRADICTED:
        verdict, kind = ClaimVerdict.CONTRADICTED, Reason.CONTRADICTS_KB
        reason = f"{judge} reads the page as saying otherwise."
    else:
        verdict, kind = ClaimVerdict.NOT_FOUND, Reason.NOT_IN_KB
        reason = f"{judge} does not find this on the page."
    return replace(
        judged, score=score, verdict=verdict, kind=kind, aspect="judgement", reason=reason
    )


def _odds(probability: float) -> float:
    p = min(1 - _SURE, max(_SURE, probability))
    return math.log(p / (1 - p))
