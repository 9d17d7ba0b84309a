"""Sentences of an answer taken apart into statements that can be checked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from validators.grounding.courtesies import polite
from validators.grounding.passages import sentences
from validators.grounding.reading import Reading

_CLAUSE = re.compile(
    r"""\s*(?:;|\u2014|\s\u2013\s
    |,?\s(?:and|but|while|whereas|although|though)
      (?=\s(?:you|we|it|they|your|our|there|each|that|this|the|these|those|any|no|one|i)\s)
    |,\s(?:and|but|while|whereas)
      (?=\s[\w' -]{3,40}?\s(?:is|are|was|were|will|can|must|has|have|takes?|costs?)\s)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_MARKER = re.compile(r"\s*(?:[-*+•]\s+|\d{1,2}[.)]\s+|#{1,6}\s+)*")
# What may follow an apology or thanks without saying anything about a policy or a case.
_TAIL = r"""(?:(?!\b(?:but|however|because|although|we(?!'re|\ are)|our|they|will|can|cannot|may
    |must|always|never|free|not|only|all|every|guarantee\w*|refunded|entitled|eligible)\b|n't\b)
    [^.\d;:]){0,160}"""
_OFFER = r"""(?:(?!\b(?:but|however|because|although|free|always|never|guarantee\w*|refunded
    |entitled|eligible)\b)[^.\d;:]){0,160}"""
_FEELING = r"""(?:frustrat\w+|upset\w*|unsettl\w+|stress\w*|worr\w+|annoy\w+|disappoint\w+|confus\w+
    |hard|difficult|tough|inconvenien\w+|lovely|great|wonderful|exciting|scary|alarming
    |understandable|worrying|unpleasant
    |a[ ](?:good|great|fair)[ ]\w+)"""
_HELP = r"(?:help|assist|support|look|check|answer|explain|walk)"
_EMPTY = re.compile(
    rf"""^\W*(?:
    (?:(?:i'm|i[ ]am|we're|we[ ]are|so|really|very|terribly|truly|my|sincere|deepest)\W+)*
      (?:sorry|apolog\w+|condolences|sympath\w+)\b
      (?:,?[ ](?:that|this|it)[ ]must[ ](?:be|have[ ]been|feel)[ ]
        (?:\w+[ ]){{0,2}}{_FEELING}\b)?{_TAIL}
    |(?:hi|hello|hey|dear|good[ ](?:morning|afternoon|evening|day))\b[^.\d]{{0,40}}
    |(?:many[ ]|a[ ])?(?:thanks?|thank[ ]you|cheers)\b{_TAIL}
    |(?:that|this|it)\W{{0,2}}(?:[ ]must|[ ]sounds?|[ ]can|[ ]has[ ]to|'s|[ ]is)[ ]
      (?:be[ ]|have[ ]been[ ]|really[ ]|very[ ]|so[ ]|quite[ ])*(?:\w+[ ]){{0,2}}{_FEELING}\b{_TAIL}
    |(?:impressive|excellent|lovely|wonderful|fantastic|amazing|nice|perfect|superb|great)[ ]\w+!
    |(?:great|good|excellent|fair|nice|smart)[ ]
      (?:question|choice|news|point|idea|thinking)\b(?:[ ]\w+){{0,4}}
    |how[ ](?:lovely|exciting|wonderful|nice|annoying|frustrating)\b{_TAIL}
    |(?:i|we)[ ](?:can[ ]|do[ ]|completely[ ]|fully[ ]|totally[ ])*
      (?:understand|see|appreciate|hear|know|realise|realize|get)\b
      (?:[ ](?:how|why|that|your|the|you|this|it|timing)\b{_TAIL})?
    |(?:please[ ])?(?:let[ ](?:me|us)[ ]know|feel[ ]free[ ]to|don't[ ]hesitate|do[ ]not[ ]hesitate
      |get[ ]in[ ]touch|reach[ ]out)\b{_OFFER}
    |(?:i|we)\W{{0,2}}(?:[ ]would|'d|[ ]will|'ll|[ ]am|'m|[ ]are|'re)?[ ]
      (?:be[ ])?(?:happy|glad|here|delighted)[ ]to[ ]{_HELP}\b{_OFFER}
    |(?:is|are|do|does|did|can|could|would|will|shall|may|have|has|which|what|when|where|who|how
      |why|anything|any|need|want|was|were)\b[^.]{{0,300}}\?
    |(?:i|we)[ ](?:hope|wish)\b{_TAIL}
    |(?:have|enjoy)[ ](?:a|your)[ ](?:\w+[ ])?(?:day|evening|weekend|trip|time|stay|one)\b{_TAIL}
    |enjoy[ ][\w ]{{2,24}}!|(?:safe|happy)[ ]travels
    |(?:i'm[ ])?happy[ ]to[ ](?:have|get)[ ]it[ ]\w+[ ]at
    |you(?:'re|[ ]are)[ ](?:very[ ]|most[ ])?welcome\b{_TAIL}
    |(?:it|that)[ ]happens\b{_TAIL}|no[ ](?:worries|problem)|don't[ ]worry|congratulations{_TAIL}
    |(?:in[ ]short|here(?:'s|[ ]is|[ ]are)\b[^\d]{{0,80}}|these[ ]are[ ](?:some|the)\b[^\d]{{0,80}}
      |there[ ]are[ ](?:\w+[ ]){{1,6}})\s*:
    |if[ ](?:you[ ](?:have|need|'d[ ]like|want)|there(?:'s|[ ]is))\b{_OFFER}
      (?:let[ ](?:me|us)[ ]know|(?:i|we)(?:'m|[ ]am|'re|[ ]are)[ ]here|just[ ]ask){_OFFER}
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_SOURCE = re.compile(
    r"\W*(?:according to|as per|per|under|as stated (?:in|on)|based on) (?:our|the)"
    r"(?: [\w-]+){0,3}? (?:policy|policies|terms|pages?|guidelines|rules|website)\b,?\s+"
    r"|\W*our (?:[\w-]+ ){0,2}policy (?:says|states) (?:that )?",
    re.IGNORECASE,
)
_MIN_WORDS = 3
_MAX_EMPTY = 320


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of an answer that says something checkable."""

    text: str
    start: int
    end: int
    """Offsets in the answer."""
    sentence: str
    """The sentence that holds it."""
    recent: str
    """The sentence before, which "it" and "they" may refer to."""
    listed: bool = False
    """It stands in a list or under a heading mark, where no verb is needed."""


def empty(sentence: str) -> bool:
    """Tell whether a sentence states nothing: a greeting, an apology, a question, an offer."""
    if len(sentence) > _MAX_EMPTY:
        return False
    return bool(_EMPTY.match(sentence.replace("\u2019", "'"))) or polite(sentence)


def statements(text: str, recent: str = "") -> Iterator[Statement]:
    """Yield the checkable statements of an answer in order."""
    for line in re.finditer(r"[^\n]+", text):
        marker = _MARKER.match(line[0])
        offset = line.start() + (marker.end() if marker else 0)
        listed = bool(marker and marker[0].strip())
        for start, end in sentences(text, offset, line.end()):
            sentence = text[start:end]
            goes_on = any(c.isalnum() for c in text[end : line.end()])
            for a, b in _clauses(sentence) if not _idle(sentence, goes_on) else ():
                yield Statement(sentence[a:b], start + a, start + b, sentence, recent, listed)
            recent = sentence


def _idle(sentence: str, goes_on: bool) -> bool:
    """Tell whether there is nothing to check: "Not yet." says what the next sentence explains."""
    if empty(sentence):
        return True
    reading = Reading(sentence)
    return goes_on and not reading.concepts and not reading.values


def _clauses(sentence: str) -> Iterator[tuple[int, int]]:
    source = _SOURCE.match(sentence)
    start = source.end() if source else 0  # who says it is no part of what is said
    for match in _CLAUSE.finditer(sentence):
        left, right = sentence[start : match.start()], sentence[match.end() :]
        if _stands_alone(left) and _stands_alone(right):
            if not empty(left):
                yield start, match.start()
            start = match.end()
    rest = sentence[start:]
    if rest.strip() and any(c.isalnum() for c in rest):
        yield start, start + len(rest.rstrip())


def _stands_alone(text: str) -> bool:
    if re.match(
        r"\W*(?:if|when|once|unless|because|although|as long as|while|after|before)\b",
        text,
        re.IGNORECASE,
    ):
        return False
    return len(Reading(text).concepts) >= _MIN_WORDS
