"""Dates, times of day, weekdays, and the addresses that look like numbers."""

import re
from collections.abc import Iterator

from validators.grounding.kinds import Kind, Value
from validators.grounding.numerals import NUMBER_WORDS, numerals

_MONTHS = "january february march april may june july august september october november december"
_MONTH_NUMBER = {name[:3]: i for i, name in enumerate(_MONTHS.split(), 1)}
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b(?P<iso>(?P<y1>\d{{4}})-(?P<m1>\d\d)-(?P<d1>\d\d))\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})\b(?:,? (?P<y2>\d{{4}})\b)?"
    rf"|\b(?P<m3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>\d{{4}})\b)?"
    rf"|\b(?:the )?(?P<d4>\d{{1,2}})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.](?P<m>\d\d))? ?(?P<half>[ap])\.?m\b\.?"
    r"|\b(?P<h24>[01]?\d|2[0-4]):(?P<m24>[0-5]\d)\b"
    r"|\b(?P<word>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_HOUR = rf"(?:1[0-2]|[1-9]|{NUMBER_WORDS})"
_SPOKEN = re.compile(
    rf"\b(?:(?P<part>half past|(?:a )?quarter past|(?:a )?quarter to)\s)?(?P<hour>{_HOUR})"
    r"(?:\s?o'?clock\b)?(?P<day>,?\s(?:in the|this|that|tomorrow|on \w+day|the next)\s?"
    r"(?:morning|afternoon|evening)|\sat night)?\b",
    re.IGNORECASE,
)
_PARTS = {"half": 30, "past": 15, "to": -15}
_BARE_HOUR = re.compile(r"\b(\d{1,2})\s?(?:-|\u2013|to|and|until)\s?$")
_WEEK = "monday tuesday wednesday thursday friday saturday sunday"
_DAYS = _WEEK.split()
_WEEKDAY = re.compile(
    rf"\b({'|'.join(_DAYS)})s?\b(?:\s?(?:-|\u2013|to|through|until)\s?\b({'|'.join(_DAYS)})s?\b)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\bhttps?://[^\s<>()\"']{1,200}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,3}(?:com|org|net|io|co\.uk|uk|de|eu|se|no|dk|fi|fr|nl|es|it|pl"
    r"|example|gov|shop|app|bank|ie|au|ca)\b(?:/[\w./?=&#-]{0,200})?"
    r"|(?<![\w-])\+?\d{1,4}[ -]?(?:\(\d{1,4}\)[ -]?)?\d{2,4}[ -]\d{2,4}"
    r"(?:[ -]\d{2,4}){0,3}(?![\w-])"
    r"|\b1-8\d\d-[A-Z0-9-]{4,12}\b|\b0800 ?\d[\d ]{2,9}\d\b",
    re.IGNORECASE,
)
CALENDAR_WORDS = rf"{_MONTH}\b|{'|'.join(_DAYS)}|noon|midday|midnight"
"""Pattern of the words that name a date, a weekday or a time."""
_MINUTES = 60.0
_NOON = 12
_MIN_PHONE_DIGITS = 6


def addresses(text: str) -> Iterator[Value]:
    """Yield web and e-mail addresses and phone numbers."""
    for match in _ADDRESS.finditer(text):
        found = match[0].rstrip(".,/").lower()
        if not re.search("[a-z]", found):
            found = re.sub(r"\D", "", found)
            if len(found) < _MIN_PHONE_DIGITS:
                continue
        found = re.sub(r"^https?://(www\.)?", "", found)
        yield Value(Kind.ADDRESS, 0, 0, found, match.start(), match.start() + len(match[0]))


def dates(text: str) -> Iterator[Value]:
    """Yield dates as month * 100 + day; year and month are 0 where the text leaves them out."""
    for match in _DATE.finditer(text):
        groups = match.groupdict()
        day = next(int(groups[k]) for k in ("d1", "d2", "d3", "d4") if groups[k])
        named = groups["m2"] or groups["m3"]
        month = _MONTH_NUMBER[named[:3].lower()] if named else int(groups["m1"] or 0)
        year = next((groups[k] for k in ("y1", "y2", "y3") if groups[k]), "")
        place = month * 100.0 + day
        yield Value(Kind.DATE, place, place, year, match.start(), match.end())


def times(text: str) -> Iterator[Value]:
    """Yield times of day in minutes after midnight."""
    for match in _TIME.finditer(text):
        if word := match["word"]:
            at = _NOON * _MINUTES if word.lower() != "midnight" else 0.0
        elif match["h24"]:
            at = int(match["h24"]) * _MINUTES + int(match["m24"])
        else:
            hour = int(match["h"]) % _NOON + (_NOON if match["half"].lower() == "p" else 0)
            at = hour * _MINUTES + int(match["m"] or 0)
        yield Value(Kind.TIME, at, at, "", match.start(), match.end())


def spoken_times(text: str) -> Iterator[Value]:
    """Yield times as they are said: half past three, seven in the evening, nine o'clock."""
    for match in _SPOKEN.finditer(text):
        part, day = (match["part"] or "").lower(), (match["day"] or "").lower()
        if not (part or day or "clock" in match[0].lower()):
            continue
        hour = next((n.value for n in numerals(match["hour"])), 0.0)
        if not 1 <= hour <= _NOON:
            continue
        late = "afternoon" in day or "evening" in day or "night" in day
        at = (hour % _NOON + (_NOON if late else 0)) * _MINUTES
        at += next((_PARTS[w] for w in part.split() if w in _PARTS), 0)
        yield Value(Kind.TIME, at, at, "" if day else "12", match.start(), match.end())


def weekdays(text: str) -> Iterator[Value]:
    """Yield weekdays, Monday 0; a span such as Monday to Friday is one value."""
    for match in _WEEKDAY.finditer(text):
        low = _DAYS.index(match[1].lower())
        high = _DAYS.index(match[2].lower()) if match[2] else low
        yield Value(Kind.WEEKDAY, low, max(low, high), "", match.start(), match.end())
