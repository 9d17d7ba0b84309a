"""What a sentence reserves a rule to: "on paper exams only", "only for members".

A claim that states the rule without what it is reserved to says more than the page does.
"""

import re
from collections.abc import Iterator, Sequence

from validators.grounding.words import Word

_AHEAD = re.compile(
    r"\b(?:only|solely|exclusively)\s(?:(?:for|to|by|on|in|at|with|from|if|when|after|during|as|via"
    r"|through|be|the|an?|available|possible)\s){0,3}(?P<what>[^.,;:|()\n]{2,60})"
    r"|\b(?:reserved (?:for|to)|limited to|restricted to)\s(?P<kept>[^.,;:|()\n]{2,60})",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:^|[.,;:|(]\s?|\b(?:for|on|with|by|in|at|to|from|is|are|and|or)\s)"
    r"(?P<what>(?:[\w'\u2019-]{1,30}\s){1,4}?)only\b"
    r"(?=\W*(?:$|[.,;:|)]|and\b|with\b|by\b|for\b))",
    re.IGNORECASE,
)
_HINT = re.compile(r"\bonly\b|\bsolely\b|\bexclusively\b|\breserved\b|ted to\b", re.IGNORECASE)
_FEW = 6


def reserved(text: str, content: Sequence[Word]) -> tuple[frozenset[str], ...]:
    """Return the concepts of each thing that `text` reserves its rule to.

    `content` are the words of the text that say something. What is longer than six of them is
    no name of a case and is left out.
    """
    if not _HINT.search(text):
        return ()
    return tuple(_concepts(text, content))


def _concepts(text: str, content: Sequence[Word]) -> Iterator[frozenset[str]]:
    for pattern in (_AHEAD, _BEHIND):
        for match in pattern.finditer(text):
            start, end = match.span(match.lastgroup or 0)
            found = [w.concept for w in content if start <= w.start and w.end <= end]
            if 0 < len(found) <= _FEW:
                yield frozenset(found)
