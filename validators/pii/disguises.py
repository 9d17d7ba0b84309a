"""Digits spelled out as words, and characters set apart one by one.

Both are read back to the plain form ("four one one" is 411, "j.o.h.n" is john) as edits
that `normalise.py` applies, so that every recognizer sees the plain form at once.
"""

import re
from collections.abc import Iterator, Mapping

Edit = tuple[int, int, str]
"""Start, end, and what is read instead."""

_WORDS = """
    0 zero oh null nul cero zéro   1 one eins uno une      2 two zwei zwo dos deux
    3 three drei tres trois        4 four vier cuatro quatre   5 five fünf cinco cinq
    6 six sechs seis               7 seven sieben siete sept   8 eight acht ocho huit
    9 nine neun nueve neuf
    10 ten zehn  11 eleven elf  12 twelve zwölf  13 thirteen  14 fourteen  15 fifteen
    16 sixteen  17 seventeen  18 eighteen  19 nineteen
    20 twenty 30 thirty 40 forty 50 fifty 60 sixty 70 seventy 80 eighty 90 ninety
"""
_LEAST_DIGITS = 5
_LEAST_LETTERS = 4
_TENS = 20
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(("dot", "point", "punkt", "punto"), "."),
    **dict.fromkeys(("dash", "hyphen", "minus", "strich", "guion"), "-"),
}
_TIMES = {"double": 2, "triple": 3}


def _numbers() -> Iterator[tuple[str, str]]:
    digits = ""
    for token in _WORDS.split():
        if token.isdecimal():
            digits = token
        else:
            yield token, digits


_DIGITS = dict(_numbers())
_ANY = "|".join(sorted((*_DIGITS, *_TIMES), key=len, reverse=True))
_MARK = "|".join(_MARKS)
_TOKEN = re.compile(rf"(?:{_ANY}|{_MARK}|\d|[-.,/])(?![^\W\d_])", re.IGNORECASE)
_SPELLED = re.compile(
    rf"(?<!\w)(?:{_ANY})(?:(?:[ \t\n]{{1,3}}(?:(?:{_MARK})[ \t]|[-.,/][ \t])?|, ?|-)"
    rf"(?:{_ANY}|\d)(?!\w)){{3,60}}",
    re.IGNORECASE,
)
# Every other character is the same separator: j.o.h.n, 4-5-3-9, a b c d e f.
_APART = re.compile(r"(?<!\w)[^\s|](?P<sep>[ ._*/-])[^\s|](?:(?P=sep)[^\s|]){4,}(?!\w)")
_NUMBER = re.compile(r"[\d.,/ +()-]+", re.ASCII)


def edits(text: str) -> Iterator[Edit]:
    """Yield disjoint edits in order; linear in the length of `text`."""
    end = 0
    for match in sorted((*_spelled(text), *_APART.finditer(text)), key=re.Match.start):
        if match.start() < end:
            continue
        found = list(_joined(match) if match.re is _APART else _as_digits(match))
        if found:
            end = match.end()
            yield from found


def _spelled(text: str) -> Iterator[re.Match[str]]:
    return _SPELLED.finditer(text)


def _as_digits(run: re.Match[str]) -> Iterator[Edit]:
    """Turn number words to digits; white space between them goes, marks stay."""
    found: list[Edit] = []
    end, times, tens, begin = run.start(), 1, False, run.start()
    for token in _TOKEN.finditer(run.string, run.start(), run.end()):
        word = token.group().lower()
        times = _TIMES.get(word, times)
        if word in _TIMES:
            continue
        digits = _DIGITS.get(word, _MARKS.get(word, word)) * times
        if tens and len(digits) == 1 and digits in "123456789":
            before = found.pop()
            found.append((before[0], token.end(), before[2][0] + digits))
        else:
            found.append((end if found else begin, token.end(), digits))
        tens = len(digits) == 2 and times == 1 and int(digits) >= _TENS and digits[1] == "0"  # noqa: PLR2004 - "forty" is two digits
        end, times = token.end(), 1
    if sum(c.isdigit() for _, _, digits in found for c in digits) >= _LEAST_DIGITS:
        yield from found


def _joined(run: re.Match[str]) -> Iterator[Edit]:
    """Take out the separators, unless the run is a number that is read grouped anyway."""
    characters = run.group()[::2]
    letters = sum(c.isalnum() for c in characters)
    if letters < _LEAST_LETTERS or (characters.isdecimal() and _NUMBER.fullmatch(run.group())):
        return
    for place in range(run.start() + 1, run.end(), 2):
        yield place, place + 1, ""
