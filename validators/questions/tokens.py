"""From a customer's text to plain words. Pure, linear in the length of the text."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

MAX_CHARS = 2000
"""Longer questions are not compared."""

_TOKEN = re.compile(
    r"[$£€¥%&@]|\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th|k|m|am|pm|gb|mb|g|x)?(?![a-z])"
    r"|[^\W_]+(?:[.&/-][^\W_]+)*(?:'[a-z]+|')?|[.!?;:,()]"
)
_SHORT = """u:you ur:your r:are y:why pls:please plz:please thx:thanks ty:thanks cos:because
    cuz:because bc:because b4:before acc:account acct:account txn:transaction info:information
    docs:document doc:document id:id abt:about w/:with w/o:without wo:without 2nite:tonight
    tmrw:tomorrow tmr:tomorrow msg:message pic:photo sub:subscription fone:phone
    number:number no.:number nr:number addr:address mins:minutes hrs:hours xmas:christmas
    whats:what_is hows:how_is wheres:where_is whens:when_is whos:who_is thats:that_is its:it
    dont:do_not doesnt:does_not didnt:did_not isnt:is_not arent:are_not wasnt:was_not
    werent:were_not cant:can_not cannot:can_not couldnt:could_not wont:will_not
    wouldnt:would_not shouldnt:should_not havent:have_not hasnt:has_not hadnt:had_not
    mustnt:must_not im:i_am ive:i_have youve:you_have theyre:they_are youre:you_are
    wanna:want_to gonna:going_to gotta:have_to lemme:let_me gimme:give_me dunno:do_not_know
    e-mail:email wi-fi:wifi sign-in:login log-in:login sign-up:register set-up:setup
    pick-up:collection pay-in:deposit payed:paid recieve:receive adress:address
    wich:which becuase:because untill:until cancle:cancel chnage:change acount:account
    paymnet:payment delivary:delivery refund:refund refunds:refund ordr:order
    subscibe:subscribe tarrif:tariff tarif:tariff"""
_LONG: Mapping[str, str] = MappingProxyType(dict(pair.split(":", 1) for pair in _SHORT.split()))
_ENDINGS = {"n't": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
_IS = frozenset("what how where when who why that it there here which he she".split())  # noqa: SIM905
_SIGNS = {"$": "dollar", "£": "gbp", "€": "euro", "¥": "yen", "%": "percent"}
_COUNTRY = re.compile(r"\bU\.?S\.?(?:A\.?)?(?![\w'])|(?<=\b[Tt]he )us\b")
"""The country, not "us": told by its capitals, or by the article before it."""
_THOUSAND = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TAIL = re.compile(r"([\d.,:/-]*\d)(k|gb|mb|g|m|am|pm|x)$")

OWNER = "'s"
"""Follows the word that owns what comes next."""
BREAK = "."
"""Stands for punctuation between two parts of a text."""


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words, numbers, possessive marks and breaks."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    plain = _COUNTRY.sub(" usa ", plain).casefold()
    plain = plain.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    found: list[str] = []
    for match in _TOKEN.finditer(plain):
        found.extend(_parts(match[0]))
    return _amounts(found)


def _amounts(words: list[str]) -> list[str]:
    """A currency sign may stand before its number or after it: "$50" is "50 dollar"."""
    signs = _SIGNS.values()
    for n in range(len(words) - 1):
        if words[n] in signs and words[n + 1][0].isdigit():
            words[n], words[n + 1] = words[n + 1], words[n]
    return words


def _parts(word: str) -> Iterator[str]:
    if word in _SIGNS:
        yield _SIGNS[word]
    elif not word[0].isalnum():
        yield "and" if word in "&@" else BREAK
    elif word[0].isdigit():
        yield from _number(word)
    elif (long := _LONG.get(word)) is not None:
        yield from long.split("_")
    elif "'" in word:
        yield from _apostrophe(word)
    elif "-" in word or "/" in word:
        for part in re.split(r"[-/]", word):
            yield from _parts(part)
    else:
        yield word


def _number(word: str) -> Iterator[str]:
    plain = _THOUSAND.sub("", word)
    tail = _TAIL.fullmatch(plain)
    if tail is None:
        yield _trimmed(plain)
    elif tail[2] == "k":
        yield f"{tail[1]}000" if tail[1].isdigit() else plain
    else:
        yield _trimmed(tail[1])
        yield tail[2]


def _trimmed(number: str) -> str:
    """5.00 and 5 are one number; 1/2 and 3:30 stay as they are."""
    whole, point, rest = number.partition(".")
    return whole if point and rest and not rest.strip("0") else number


def _apostrophe(word: str) -> Iterator[str]:
    head, _, tail = word.partition("'")
    if word.endswith("n't"):
        base = {"ca": "can", "wo": "will", "sha": "shall"}.get(word[:-3], word[:-3])
        yield from (base, "not")
    elif f"'{tail}" in _ENDINGS:
        yield from (head, _ENDINGS[f"'{tail}"])
    elif head in _IS and tail == "s":
        yield from (head, "is")
    elif head == "let" and tail == "s":
        yield "let"
    elif tail in ("s", ""):
        yield from (head, OWNER)
    else:
        yield head + tail
