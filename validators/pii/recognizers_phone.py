"""Telephone numbers, checked against the numbering plans of the configured markets."""

import re
from collections.abc import Collection, Iterator

import phonenumbers

from validators.base import PiiSpan
from validators.pii.context import contradicted, words_before

_CANDIDATE = re.compile(
    r"(?<![\w.,-])(?:\+[ .]{0,2}|00)?\(?\d(?:[ \t\n./()\u00a0\u2011-]{0,3}\d){5,16}"
    r"(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w@])",
    re.IGNORECASE | re.ASCII,
)
_WORDS = re.compile(
    r"\b(?:call|calling|phones?|telephone|tel|mobile|cell|handy|ring|reach|text|sms"
    r"|messages?|whatsapp"
    r"|fax|desk|landline|telefon|mobil|telefono|puhelin|dial)\b[^.!?]*$",
    re.IGNORECASE,
)
_OTHER_ID = re.compile(
    r"\b(?:card|amex|iban|account|nif|dni|nie|pesel|nhs|tax|steuer\w*|bsn|ssn|cpr|id"
    r"|nir|social|passport"
    r"|sozialvers\w*|licen[cs]e|sort code|person\w*|f[oø]dsels\w*|hetu|ip|pps"
    r"|insurance)\b[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T:]\d{1,2}){0,3}\Z", re.ASCII)
# Six digits and four, or four and a date: how identity numbers are written, not phones.
_ID_SHAPE = re.compile(
    r"\d{6}[-+]\d{4}\Z|\d{4}[ -](?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d\Z", re.ASCII
)
# A date that goes on: "2026-01-31).\n2". Numbers set against each other: "120 / 90 / 60".
_OTHER_SHAPE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{1,4}\s/\s\d", re.ASCII)
_MOST_DIGITS = 12
_EXTENSION = re.compile(r"\s?(?:x|ext\.?)\s?\d{1,6}\Z", re.IGNORECASE)
_DIGIT = re.compile(r"\d", re.ASCII)
_SEPARATED = re.compile(r"\d[^\d]+\d", re.ASCII)


def find_phones(text: str, regions: Collection[str]) -> Iterator[PiiSpan]:
    """Yield telephone numbers of `regions` (ISO 3166, upper case) and all with a country code."""
    for match in _CANDIDATE.finditer(text):
        score = _score(text, match, regions)
        if score:
            yield PiiSpan(match.start(), match.end(), "PHONE_NUMBER", score)


def _score(text: str, match: re.Match[str], regions: Collection[str]) -> float:
    written = match.group()
    digits = len(_DIGIT.findall(_EXTENSION.sub("", written)))
    before = words_before(text, match.start())
    said = _WORDS.search(before)
    if _DATE.match(written) or digits < (6 if said else 7) or _OTHER_ID.search(before):
        return 0
    plain = "".join(written.split("\n"))
    if plain.startswith(("+", "00")):
        number = "+" + plain.lstrip("+0 .")
        return 0.95 if _valid(number, None) else (0.8 if said or plain[0] == "+" else 0)
    elsewhere = _ID_SHAPE.match(plain) or contradicted(text, match.start(), match.end())
    if digits > _MOST_DIGITS or (elsewhere and not said):
        return 0
    valid = any(_valid(plain, region) for region in regions)
    if not said and _OTHER_SHAPE.match(plain):
        return 0
    if said:
        return 0.9 if valid else 0.7
    return _unsaid(plain) if valid else 0


def _unsaid(plain: str) -> float:
    """Score a valid number that no word before it calls a phone's."""
    national = plain.startswith(("0", "("))
    grouped = _SEPARATED.search(plain)
    return (0.8 if grouped else 0.55) if national else (0.65 if grouped else 0)


def _valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
