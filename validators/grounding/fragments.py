"""Pieces of an answer that are no full statements: cut ends, short replies, lead-ins."""

import re

from validators.grounding.reading import Reading
from validators.grounding.words import GLUE

_CLOSED = re.compile(r"[.!?:;\u2026][\"'\u201d\u2019)\]*_]*\s*$|[)|]\s*$")
_OPEN_END = re.compile(
    r"\b(?:an?|the|this|these|those|your|our|my|its|their|his|her|of|to|in|on|at|by|for|from"
    r"|with|into|without|within|about|through|between|per|via|and|or|but|nor|if|when|while"
    r"|because|unless|that|which|who|whose|as|than|is|are|was|were|be|been|will|would|can|could|may|might|must"
    r"|should|shall|do|does|have|has|not|need to|up to|one of|\w+'(?:ll|re|ve)"
    r"|(?:allows?|help|enable|if|when|that|once) (?:you|we|they|it))[\s,]*$"
    r"|^\W*(?:you|we|they|it|i)\W*$",
    re.IGNORECASE,
)
_OPENS_SENTENCE = re.compile(
    r"\W*(?:the|this|these|those|that|an?|if|when|in|on|for|to|our|your|we|you|it|they|with|by|as"
    r"|once|however|additionally|please|note)\b",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"\W*(?:yes|no|nope|yep|sure|of course|correct|absolutely|certainly)\b(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:(?:yes|no|sure|of course|absolutely|certainly|sorry|unfortunately|i'm afraid|well)\W+)*"
    r"(?:that|this|it)(?:'s|\sis|\sisn't)\s(?:not\s|still\s|quite\s|perfectly\s|absolutely\s)*"
    r"(?:correct|right|true|so|the case)\W*$",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|can|could|may|might|must|will|would|should|do|does|did|has|have|had"
    r"|\w+n't|\w{3,}(?:s|ed|ing))\b",
    re.IGNORECASE,
)
_AGREES = re.compile(r"\W*(?:yes|no|sure|of course|absolutely|certainly)\b", re.IGNORECASE)
_FEW = 3


def cut(text: str, *, listed: bool) -> bool:
    """Tell whether `text` is the start of a sentence that was never finished.

    `listed` says that it stands in a list, where a few words without a verb are whole.
    """
    if _CLOSED.search(text):
        return False
    if _OPEN_END.search(text.replace("\u2019", "'")):
        return not _REPLY.match(text)
    reading = Reading(text)
    if listed or reading.values or len(reading.concepts) >= _FEW:
        return False
    return bool(_OPENS_SENTENCE.match(text)) and not _VERB.search(text)


def introduces(text: str, known: frozenset[str]) -> bool:
    """Tell whether `text` only leads to a list: it ends with a colon and adds no fact.

    `known` are the words of the question.
    """
    if not text.rstrip("*_ ").endswith(":") or _AGREES.match(text):
        return False
    reading = Reading(text)
    return not reading.values and reading.concepts <= known | GLUE


def bare(text: str) -> bool:
    """Tell whether `text` only affirms or denies: "yes, that's right", "it isn't so"."""
    return bool(_BARE.match(text.replace("\u2019", "'")))


def turned(question: str, reply: str) -> str:
    """Return what a bare yes or no to `question` states."""
    asked = [part for part in re.findall(r"[^.!?\n]+\??", question) if part.endswith("?")]
    negative = re.match(
        r"\W*(?:no|nope|not|never|unfortunately|i'm afraid)\b", reply, re.IGNORECASE
    )
    negated = bool(negative) or bool(re.search(r"\bnot\b|n't", reply.replace("\u2019", "'")))
    body = (asked[-1] if asked else question).strip(" ?")
    return f"not {body}" if negated else body
