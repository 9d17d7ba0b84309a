"""Whether the stop before a gap ends a sentence.

Rules over orthography in the manner of Grefenstette & Tapanainen (1994): lists of
abbreviations by what may follow them, initials, ordinals, and the case of the next word;
the list of frequent sentence starters follows Kiss & Strunk (2006). Pure functions over a
bounded piece of text on either side.
"""

import re
import unicodedata

STOPS = ".!?…؟۔।॥"  # noqa: RUF001 - typographic marks
WIDE_STOPS = "。！？｡"  # noqa: RUF001 - typographic marks
"""Stops of scripts that put no space after a sentence."""
WIDE_CLOSERS = "」』】）"  # noqa: RUF001 - typographic marks

_CLOSERS = "\"'”’»›)]}*_~`" + WIDE_CLOSERS  # noqa: RUF001 - typographic marks
_OPENERS = "\"'“‘„«‹([{*_~`¿¡>"  # noqa: RUF001 - typographic marks
_CONTINUES = tuple(",;:)]}…")
_MOST_CLOSERS = 16
_FULL_WORD = 5
"""Before a lower-case word only a word this long can end a sentence: unknown
abbreviations are short."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER = _words(
    "mr mrs ms mx dr prof rev hon messrs mme mlle hr fr frl sr. sra e.g eg i.e ie viz vs cf "
    "ca incl excl inkl exkl zzgl bzw z.b d.h u.a u.u vgl evtl ggf sog gem abzgl st resp "
    "c/o attn bspw tzn np m.in f.eks t.ex bl.a p.ej aprox ref"
)
"""Something always follows these."""
_BEFORE_NUMBERS = _words(
    "no nos nr nrn num approx max min art p pp vol sec sect fig ext tel para abs ver v par ch est"
)
"""These end a sentence unless a number follows."""
_BEFORE_CAPITALS = _words(
    "etc usw a.m p.m am pm inc ltd co corp llc plc gmbh jr sr ave rd blvd dept jan feb mar apr "
    "jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun std hrs mins "
    "min sek mio mrd ph.d b.v s.a s.p.a s.r.l"
)
"""These end a sentence only before a capital letter."""
_STARTERS = _words(
    "the a an we you your our if it its this that these those in on at for to from with after "
    "before when once while please however but and or as all any there they he she i my what "
    "how why where who which can do does is are no yes not unless until also then thank thanks "
    "der die das wir sie ihr ihre es bitte wenn falls nach für im ein eine"
)
_MONTHS = _words(
    "januar jänner februar märz april mai juni juli august september oktober november dezember "
    "january february march may june july october december tag woche monat"
)

_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_CITATION = re.compile(r"(?<=[.!?])(?:\[\d{1,3}\])+$")
_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"[-/–—(]")  # noqa: RUF001 - typographic marks


def ends_sentence(before: str, after: str) -> bool:
    """Tell whether a sentence ends between `before` and `after`.

    `before` is the end of the text up to the white space, `after` the next word, whole or
    at least its first dozen characters.
    """
    body = _without_closers(before)
    if not body or body[-1] not in STOPS:
        return False
    following = after.lstrip(_OPENERS)
    if following.startswith(_CONTINUES):
        return False
    lower = following[:1].islower()
    token = body.split()[-1]
    if token.endswith(("..", "…")):
        return not lower
    if token[-1] != ".":
        return not (lower and len(body) < len(before))
    return _period_ends(token.lstrip(_OPENERS)[:-1], following, lower)


def _without_closers(text: str) -> str:
    """Drop citations, quotes, brackets, markup and emoji that follow a stop."""
    text = _CITATION.sub("", text)
    end = len(text)
    lowest = max(0, end - _MOST_CLOSERS)
    while end > lowest and _closes(text[end - 1]):
        end -= 1
    return text[:end]


def _closes(char: str) -> bool:
    if char.isascii():
        return char in _CLOSERS
    return char in _CLOSERS or unicodedata.category(char) in {"So", "Sk", "Mn", "Me", "Cf"}


def _period_ends(core: str, following: str, lower: bool) -> bool:
    name = _PARTS.split(core.casefold())[-1]
    if name in _NEVER:
        return False
    number = following[:1].isdigit() or following.startswith("#")
    if name in _BEFORE_NUMBERS and number:
        return False
    if name in _BEFORE_CAPITALS:
        return not (lower or number)
    found = _WORD.match(following)
    word = found.group().casefold() if found else ""
    if _INITIALS.fullmatch(core):
        return word in _STARTERS and not lower
    if lower:
        return core.isalpha() and len(core) >= _FULL_WORD
    return not (core.isdigit() and len(core) <= 2 and word in _MONTHS)  # noqa: PLR2004 - a day
