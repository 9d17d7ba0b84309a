"""Values that only the words before them give away: births, accounts, passports, licences."""

import re
from collections.abc import Iterator

from validators.base import PiiSpan

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli"
    r"|oktober|dezember|januari|februari|mars|augusti)\.?"
)
_DATE = (
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH},?\s\d{{2,4}}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{2,4}})"
)
_LINK = (
    r"(?:\s*(?:number|numbers|no|nr|num|id|#|is|was|are|on|my|it's|at|the|to|am|den|op|il|el|le"
    r"|should be|ist|est|är|er))*"
    r"[\s.:#=,(-]{1,4}"
)


def _said(words: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words}){_LINK}(?P<value>{value})(?![\w-])", re.IGNORECASE)


_PATTERNS = (
    (
        "DATE_OF_BIRTH",
        _said(
            r"born|birth\s?da(?:y|te)|date of birth|d\.?o\.?b\.?|geboren|geburtsdatum|födelsedatum"
            r"|född|fødselsdato|født|née? le|date de naissance|fecha de nacimiento|data di nascita"
            r"|geboortedatum|syntymäaika",
            _DATE,
        ),
    ),
    (
        "BANK_ACCOUNT",
        _said(
            r"(?:bank\s)?(?:account|acct|a/c|konto|compte|cuenta|conto|rekening)(?:nummer|\snumber)?"
            r"|routing|aba|clearing|bankgiro|plusgiro",
            r"\d(?:[ -]?\d){6,16}",
        ),
    ),
    ("BANK_ACCOUNT", _said(r"bankgiro|plusgiro|sort code", r"\d{2,7}(?:[- ]\d{1,4}){1,2}")),
    (
        "PASSPORT",
        _said(
            r"passports?|reisepass|pasaporte|passaporto|passeport|passnummer",
            r"(?=[A-Z]*\d)[A-Z0-9]{6,10}",
        ),
    ),
    (
        "US_DRIVER_LICENSE",
        _said(
            r"driv\w{2,4}(?:'s|s)?\s?licen[cs]e|licen[cs]e number|führerschein(?:nummer)?|körkort",
            r"(?=[A-Z-]{0,6}\d)[A-Z0-9]{2,16}(?:[- ]\d{2,8}){0,4}",
        ),
    ),
)
_SORT_CODE = re.compile(
    r"(?<![\w-])(?:sort code[\s:]{1,3})?\d\d([- ])\d\d\1\d\d[\s,]{1,3}"
    r"(?:(?:and\s)?(?:bank\s)?(?:account|acct|a/c)(?:\s(?:number|no))?[\s.:]{1,3})?\d{8}(?!\w)",
    re.IGNORECASE | re.ASCII,
)

SAID_TYPES = frozenset(type_ for type_, _ in _PATTERNS)


def find_said(text: str) -> Iterator[PiiSpan]:
    """Yield values whose kind is named right before them."""
    for type_, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield PiiSpan(*match.span("value"), type_, 0.96)
    for match in _SORT_CODE.finditer(text):
        yield PiiSpan(match.start(), match.end(), "BANK_ACCOUNT", 0.97)
