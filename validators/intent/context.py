"""Which of the customer's words carry the question: the last message seldom stands alone."""

import re
from collections.abc import Sequence

from validators.intent.words import literal, plain, without_placeholders

_ASSENT = re.compile(
    r"(?:(?:yes|yeah|yep|yup|ye|sure|ok|okay|k|right|correct|exactly|no|nope|nah|fine|good|great|"
    r"alright|agreed|absolutely|definitely|perfect|cool|true|indeed|please|pls|plz|do it|go ahead|"
    r"go on|do that|that one|this one|the first(?: one)?|the second(?: one)?|the last(?: one)?|"
    r"both|either|neither|of course|i do|it is|it does|it did|i did|i have|that is right|"
    r"thats right|thats it|thats correct|that works|sounds good|let us do that|lets do that|"
    r"not yet|thank you|thanks|same|i see|got it|hm+|mh+m+|uh|um|well|and|then|so|but)(?:[ .]+|$))+"
)
_BORROWED = re.compile(
    r"(?:(?:ok|okay|yes|no|hm+) )?(?:and|or|also|but|so|then|what about|how about|what if|same for|"
    r"same with|even if|even for|only|just|because|since|except|which one|is that|is it|does it|"
    r"do they|does that|can it|will it|was it|are they|for|in|to|from|with|on|at|by|i mean|i meant|"
    r"sorry|it is|it was|its|that|those|they|the one|i said|like i said)\b"
)
_BARE = re.compile(r"(?:why|when|where|who|how|what|which|really)(?: \w+){0,2}")
_MANY_WORDS = 7
"""A message longer than this says what it is about."""
_REACH = 4
"""How many messages back a question may be carried."""


def has_own_words(text: str) -> bool:
    """Tell whether a message is more than a yes, a no, a thank-you or placeholders."""
    words = plain(without_placeholders(text))
    return bool(words) and not _ASSENT.fullmatch(words)


def leans_back(text: str) -> bool:
    """Tell whether a message is phrased as a follow-up, as `and for Sweden?` is."""
    words = plain(without_placeholders(text))
    if _BARE.fullmatch(words):
        return True
    return len(words.split()) <= _MANY_WORDS and bool(_BORROWED.match(words))


def is_short(text: str) -> bool:
    """Tell whether a message is so short that it may be a fragment."""
    return len(plain(without_placeholders(text)).split()) <= _MANY_WORDS


def earlier_question(messages: Sequence[str]) -> str:
    """Return the latest message with words of its own, and those it leans on.

    Takes the customer's messages, oldest first, without the one to be understood; empty
    if none says anything.
    """
    taken: list[str] = []
    for text in reversed(messages[-_REACH:]):
        if not has_own_words(text):
            continue
        taken.insert(0, literal(text))
        if not leans_back(text):
            break
    return " ".join(taken)
