"""Is a sentence only polite? Sympathy, thanks and small talk claim nothing about a policy.

A sentence counts as polite if every word that says something is from a list of such words
and nothing in it counts, permits, requires or promises. So an invention can't hide in a
phrase that merely opens kindly.
"""

import re
from functools import cache

from validators.grounding.lexicon import STOP_WORDS
from validators.grounding.words import stem, words

_POLITE_WORDS = """
    afraid alarming amazing annoy annoying anxious apologise apologies apologize apology
    appreciate aware awful awkward bear best better bit bother bothering care checked
    choice comes concern concerned condolences confuse confusing congratulations congrats
    contacting curious day daunting dear decision difficult disappoint disappointing
    disappointed easier easy enjoy especially evening everybody everyone excellent
    exciting experience fair fairly family fantastic feel feeling feels first fingers
    crossed flag flagged folks frightening frustrate frustrated frustrating fun gladly
    good great guess hand happen happened happens happy hard hate haste hear heard hearing
    heart help helpful hope hopefully horrible idea inconvenience indeed interest
    interested interesting joining joy kind late lot lots lovely luck mad matter mean
    message mind mix mixup moment moments morning moving much nerve nervous news nice
    night nuisance occasion oh ouch pain panic patience perfect perfectly pity pleasant
    pleased pleasure point popular poor prompt problem problems girl boy man woman baby
    tiring tired exhausting bad question questions quick raise raised raising reach
    reached reaching reason reassuring regards relax relief rest rotten ruined rush said
    scare scary see sense sensible serious shame shock short sick simple situation smart
    smoothly sore sort sounds speak spoil spoilt spot stress stressed stressful stuck
    stuff stupid superb support sympathise sympathy talk team tell terrible terribly
    terrific thinking thought thrilled today together tomorrow tonight touch tough tricky
    trip trouble truly try trying turn ugh uncertain understand understandable
    understandably understood unfortunate unfortunately unlucky unpleasant unsettling
    upset upsetting urgent useful wait waiting warm weather week weekend welcome wise wish
    wonder wonderful wondering word words worries worry worrying worst worth wow writing
    year yeah yes yikes aboard board delighted asking asked ask answer reply common pretty
    completely entirely totally genuinely honestly obviously naturally fortunately luckily
    alright need hang cheer cheers bless goodness gosh hmm ah aw aww hey hiya
    recover recovering recovery speedy harm drama careful painful outing studies solution nicely
    fleet travels success exams itching little mess"""
_POLICY = re.compile(
    r"\b(?:free|always|never|guarantee\w*|must|refund\w*|entitled|eligible|required?|allowed|permitted"
    r"|cost\w*|fee\w*|charge\w*|covered|include[ds]?|promise\w*|will|won't|cannot|can't|may|unless|only)\b",
    re.IGNORECASE,
)
_GUESS = re.compile(r"\bmust (?:be|have been|feel|have felt)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_DEPENDS = re.compile(
    r"\W*(?:(?:well|that|it|this)\W+)*depends(?:\s+on\s+(?:\w+\s+){0,2}(?:things?|factors?|points?"
    r"|details?|circumstances))?\W*$|\W*(?:here's|here is|this is) how (?:it|that) works\W*$"
    r"|\W*(?:there are|you have)\s\w+\s(?:options?|ways?|possibilities|choices|cases|steps)\W*$",
    re.IGNORECASE,
)
_WORKS_OUT = re.compile(
    r"\W*(?:let me|let's|i'll|happy to|glad to)\s(?:just\s|quickly\s)?"
    r"(?:work|do|calculate|add|check|explain|compare|count|go through|look)\b"
    r"(?:\s(?:it|that|this|them|the (?:sums?|maths?|numbers?|figures?)|you|with"
    r"|for|out|up|through|over|together|into|at)){0,5}\W*$",
    re.IGNORECASE,
)
_EXCLAIMS = re.compile(
    r"\W*(?:(?:what|quite) an?(?:\s[\w'-]+){1,4}|how(?:\s[\w'-]+){1,2}|well \w+|get well(?: soon)?"
    r"|good luck(?:\s[\w'-]+){0,5}|welcome back|no (?:harm done|(?:big )?drama))\W*$",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:great|good|happy|glad|sorry|thanks?|lovely|welcome|well done)\b", re.IGNORECASE
)
_STATES = re.compile(
    r"\b(?:is|are|can|could|do|does|did|has|have(?! you)|will|would|should|not|no|yes)\b|n't\b",
    re.IGNORECASE,
)
_LONGEST = 160


@cache
def _polite() -> frozenset[str]:
    return frozenset(stem(word) for word in _POLITE_WORDS.split())


def polite(sentence: str) -> bool:
    """Tell whether `sentence` says nothing but kind words, or only leads to what follows."""
    if len(sentence) > _LONGEST or _DIGIT.search(sentence):
        return False
    text = sentence.replace("\u2019", "'").replace("all right", "alright")
    if _DEPENDS.match(text):
        return True
    said = [w for w in words(text) if w.text not in STOP_WORDS and w.text != "not"]
    if _POLICY.search(_GUESS.sub(" ", text)):
        return False
    if _WORKS_OUT.match(text) or _EXCLAIMS.match(text):
        return True
    if not said:
        return bool(_KIND.search(text)) and not _STATES.search(text)
    return all(stem(w.text) in _polite() for w in said)
