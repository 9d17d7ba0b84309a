"""Where people live, come from and travel to: towns, not countries or listed markets.

A country or a big city says little about a person and much about a question ("do you ship
to Sweden?"), so terms on the allow-list, and the knowledge base's own vocabulary, stay.
"""

import re
from collections.abc import Iterator

from validators.base import PiiSpan
from validators.pii.lexicon import Lexicon

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['\u2019-][^\W\d_]+)*"
_PLACE = (
    rf"(?P<place>(?-i:{_CAPITAL})(?:[ \t](?:(?:de|del|di|la|le|les|du|am|an|der|do|da|of|upon"
    rf"|on|im|sur)[ \t]){{0,2}}(?-i:{_CAPITAL})){{0,3}})"
)
_SAID = re.compile(
    r"\b(?:(?:liv(?:e|es|ed|ing)|based|located|resid(?:e|es|ing)|born|grew\sup|raised|stay(?:ing)?"
    r"|home|wohne|bor|vivo|habite)\s(?:right\s)?(?:in|at|near|outside|i|en|à|a)"
    r"|(?:moved|moving|move|relocat(?:ed|ing)|flew|fly|flying|travel(?:led|ling|ed|ing)?|drove"
    r"|return(?:ed|ing)?|back|went|going|trip|coming|come|came)\s(?:here\s|back\s)?(?:from|to)"
    r"|(?:university|city|town|village|municipality)\sof|(?:where|city|town):"
    rf"|(?:originally|i['\u2019]?m|i\sam|we\sare|we['\u2019]re|am)\sfrom)\s(?:the\s)?{_PLACE}",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"\b(?:originally\sfrom|born\s(?:and\sraised\s)?in|grew\sup\sin|moved\shere\sfrom|native\sof"
    r"|citizen\sof|nationality:?)\s(?:the\s)?(?P<place>[^\W\d_]+(?:[ ][^\W\d_]+){0,3})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:in|from|to|at|near|outside|around|towards?|leaving|visit(?:ing|ed)?|via|where:"
    r"|city:|town:|city\sof|town\sof|university\sof|born)\s(?:the\s)?\Z",
    re.IGNORECASE,
)
_TO_PERSON = re.compile(r"(?<!move )(?<!moved )(?<!moving )\b(?:to|at|from)\s\Z", re.IGNORECASE)

_PARTS = """
    new old north south east west upper lower great little port fort lake mount san santa saint
    st city town village park hill hills beach springs falls bay valley river island wood of the
    on upon under by de la le les el los las di da do du am an der
"""
_IN_PLACES = frozenset(_PARTS.split())
"""Everyday words that names of places are made with."""


def find_places(text: str, lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield places that somebody is said to live in, to come from or to travel to.

    A country only where it is somebody's origin: elsewhere it is a market.
    """
    for match in _SAID.finditer(text):
        start, end = match.span("place")
        words = re.findall(r"[^\W\d_]+", match.group("place"))
        if any(map(lexicon.may_be_name, words)) and _is_new(text[start:end], lexicon):
            yield PiiSpan(start, end, "LOCATION", 0.7)
    for match in _ORIGIN.finditer(text):
        start, end = match.span("place")
        while start < end and text[start:end].casefold() not in lexicon.allowed:
            end = max(start, text.rfind(" ", start, end))
        if start < end:
            yield PiiSpan(start, end, "LOCATION", 0.7)


def trimmed_place(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the span of a recognised place if it is one that could tell who somebody is."""
    words = re.findall(r"[^\W\d_]+", text[start:end])
    if not words or not all(w.casefold() in _IN_PLACES or lexicon.may_be_name(w) for w in words):
        return None
    if (
        len(words) == 1
        and words[0].casefold() in lexicon.given
        and _TO_PERSON.search(text[max(0, start - 24) : start])
    ):
        return None
    if not _BEFORE.search(text[max(0, start - 24) : start]) or not _is_new(
        text[start:end], lexicon
    ):
        return None
    return start, end


def _is_new(place: str, lexicon: Lexicon) -> bool:
    return place.casefold().removeprefix("the ") not in lexicon.allowed
