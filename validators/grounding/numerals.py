"""Numbers as they are written: 2,500 and 2.5k, twenty-five, a quarter of a million."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNIT_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen"""
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TENS = {word: value * 10 for value, word in enumerate(_TENS_WORDS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_FIXED = {
    "a couple of": 2.0,
    "a dozen": 12.0,
    "a quarter of a million": 250_000.0,
    "half a million": 500_000.0,
    "a hundred": 100.0,
    "a thousand": 1000.0,
    "a million": 1_000_000.0,
    "half a dozen": 6.0,
    "twice": 2.0,
}
NUMBER_WORDS = "|".join([*sorted(_UNITS, key=len, reverse=True), *_TENS, *_SCALES])
"""Pattern of the words that numbers are made of."""
_WORD = NUMBER_WORDS
_NUMERAL = re.compile(
    rf"\b(?P<fixed>{'|'.join(sorted(_FIXED, key=len, reverse=True))})\b"
    rf"|\b(?P<words>(?:{_WORD})(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and )(?:{_WORD}))*)\b"
    r"(?P<half> and a half\b)?"
    r"|(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<scale>(?:k|m)\b|(?:\s?(?:thousand|million|billion|grand)\b))?",
    re.IGNORECASE,
)
_FACTORS = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number and where it stands."""

    value: float
    start: int
    end: int
    spelled: bool = False
    """Written in words."""


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of `text` from left to right."""
    for match in _NUMERAL.finditer(text):
        if fixed := match["fixed"]:
            yield Numeral(_FIXED[fixed.lower()], match.start(), match.end(), spelled=True)
        elif spelled := match["words"]:
            value = _spelled(spelled) + (0.5 if match["half"] else 0.0)
            yield Numeral(value, match.start(), match.end(), spelled=True)
        else:
            factor = _FACTORS.get((match["scale"] or "").strip().lower(), 1.0)
            yield Numeral(_digits(match["digits"]) * factor, match.start(), match.end())


def _digits(text: str) -> float:
    head, comma, tail = text.rpartition(",")
    if comma and len(tail) <= _CENTS and "." not in text:
        return float(f"{head.replace(',', '')}.{tail}")  # a decimal comma
    return float(text.replace(",", "").rstrip("."))


def _spelled(text: str) -> float:
    total = part = 0
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _UNITS:
            part += _UNITS[word]
        elif word in _TENS:
            part += _TENS[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total += max(part, 1) * _SCALES[word]
            part = 0
    return float(total + part)
