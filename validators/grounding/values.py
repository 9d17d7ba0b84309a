"""Typed values in text: money, percentages, durations, dates, times, counts, addresses.

Values are normalised, so that "two weeks" equals "14 days" and "fifty dollars" equals
"$50"; business days stay a unit of their own, because they equal no number of days.
"""

import re
from collections.abc import Iterator

from validators.grounding.calendar_values import (
    CALENDAR_WORDS,
    addresses,
    dates,
    spoken_times,
    times,
    weekdays,
)
from validators.grounding.kinds import Bound, Kind, Value
from validators.grounding.numerals import NUMBER_WORDS, Numeral, numerals
from validators.grounding.spoken import next_days, shares
from validators.grounding.words import stem

_CURRENCY = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "buck": "USD", "€": "EUR",
    "eur": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "quid": "GBP",
    "kr": "SEK", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "krona": "SEK", "kronor": "SEK",
    "krone": "NOK", "kroner": "NOK", "chf": "CHF", "franc": "CHF", "yen": "JPY", "¥": "JPY",
    "pln": "PLN", "cad": "CAD", "aud": "AUD", "a$": "AUD", "c$": "CAD",
}  # fmt: skip
_BEFORE = re.compile(
    r"(us\$|a\$|c\$|[$€£¥]|\b(?:usd|eur|gbp|chf|sek|nok|dkk|pln|kr))\s?$", re.IGNORECASE
)
_AFTER = re.compile(
    r"\s?(?:(€|£|\$|(?:usd|eur|gbp|chf|sek|nok|dkk|pln|kr|cad|aud)\b"
    r"|-?(?:dollar|euro|pound|franc|krona|kronor|kroner|krone|buck|quid|yen)s?\b)"
    r"|-?(cents?|pence|p)\b)",
    re.IGNORECASE,
)
_CENTS_AFTER = re.compile(r"\s?(?:and\s)?(\d\d)\b(?!\s?[\w%:/-])")
_PERCENT = re.compile(r"\s?(?:%|per ?cent\b|percent\b|percentage points?\b|pp\b)", re.IGNORECASE)
_DURATION = re.compile(
    r"[\s-]?(?:(?P<adj>business|working|bank|trading|banking)[\s-])?"
    r"(?:(?:consecutive|calendar|full|whole|more|further|additional|extra|clear|complete)[\s-])?"
    r"(?P<unit>second|sec|minute|min|hour|hr|day|night|week|fortnight|month|quarter|year|yr)s?\b"
    r"(?!ly)",
    re.IGNORECASE,
)
_DAYS_OF = {
    "second": 1 / 86400, "sec": 1 / 86400, "minute": 1 / 1440, "min": 1 / 1440, "hour": 1 / 24,
    "hr": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0,
}  # fmt: skip
_MONTHS_OF = {"month": 1.0, "quarter": 3.0, "year": 12.0, "yr": 12.0}
_ARTICLE = re.compile(
    r"\b(?:(?:within|in under|after|least|than|over|inside|for|lasts?|takes?)\s"
    r"|(?=half an?\s|(?:an?|three)[\s-]quarters?\s))"
    r"(?P<one>half an?|an? quarter of an?|three[\s-]quarters of an?|an?|one)"
    r"(?=[\s-](?:(?:business|working|calendar|full|whole)\s)?"
    r"(?:second|minute|hour|day|week|fortnight|month|quarter(?!\s(?:of|past|to)\b)|year)\b)",
    re.IGNORECASE,
)
_HINT = re.compile(
    rf"[\d@]|\w\.\w|\b(?:{NUMBER_WORDS}|{CALENDAR_WORDS}|dozen|couple|quarter|half|third|fifth"
    r"|tenth|twice|(?:next|following)[ -](?:\w{6,9} )?day|day after"
    r"|(?:an?|one)[\s-](?:\w{4,8}\s)?(?:second|minute|hour|day|week|fortnight|month|year))",
    re.IGNORECASE,
)
"""Without any of this a text holds no value: most sentences are spared a dozen searches."""
_RANGE = re.compile(r"\s?(?:-|\u2013|\u2014|to|and|or)\s?(?:[$€£]\s?)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s(?:[$€£]\s?)?$", re.IGNORECASE)
_BOUNDS = {
    Bound.MOST: (
        r"at most|up to|no more than|not more than|maximum(?: of| is|:)?|max(?: of)?"
        r"|as (?:much|many|late|long|high) as|within|inside|no later than|not exceed(?:ing)?"
        r"|capped at|cap of|limit(?:ed to| of| is|:)|no longer than|until|in under"
        r"|the most \w+ \w+"
    ),
    Bound.LEAST: (
        r"at least|no less than|not less than|no fewer than|minimum(?: of| is|:)?|min(?: of)?"
        r"|as (?:little|few|early|low) as|no earlier than|starting (?:at|from)"
    ),
    Bound.OVER: r"more than|over|above|exceed(?:s|ing)?|longer than|beyond|past|after|older than",
    Bound.UNDER: r"less than|under|below|fewer than|shorter than|before|younger than",
}
_DENIED = re.compile(
    r"(?:\b(?:not|cannot|never)|n['\u2019]t)\s(?:[\w'\u2019]+\s){0,3}$", re.IGNORECASE
)
_TURNED = {Bound.OVER: Bound.MOST, Bound.UNDER: Bound.LEAST}
"""What is not above a number is at most that number."""
_FILLER = r"(?: (?:the|a|your|first|last|total|of))*\s?(?:[$€£]\s?)?$"
_BOUND_BEFORE = tuple(
    (bound, re.compile(rf"\b(?:{words}){_FILLER}", re.IGNORECASE))
    for bound, words in _BOUNDS.items()
)
_MORE = r"or (?:more|over|older|above|longer|higher)|minimum"
_LESS = r"or (?:less|fewer|under|younger|below)|maximum|at most|max"
_BOUND_AFTER = (
    (Bound.LEAST, re.compile(rf"^(?: [\w%]+){{0,3}}? (?:{_MORE})\b|^\+", re.IGNORECASE)),
    (Bound.MOST, re.compile(rf"^(?: [\w%]+){{0,3}}? (?:{_LESS})\b", re.IGNORECASE)),
)
_AGE = re.compile(
    r"\b(?:aged?|turn(?:s|ed|ing)?)\s(?:of\s|between\s|from\s)?(?P<before>$)"
    r"|^[\s-]years?(?:[\s-]olds?|\sof\sage)\b"
)
_HALF_MORE = re.compile(r"\sand a half\b", re.IGNORECASE)
_NTH_DAY = re.compile(r"\bday\s$", re.IGNORECASE)
_NOUN = re.compile(r"[\s-](?:(?:of|the|your|more|other|different|further|additional|separate)\s)*"
                   r"(?P<first>[^\W\d_]{3,})(?:[\s-](?P<second>[^\W\d_]{3,}))?")  # fmt: skip
_LOOK = 36
_WORKING_WEEK = 5.0
_MAX_VALUES = 64


def values(text: str) -> list[Value]:
    """Return the typed values of `text`, left to right, at most 64 of them."""
    if not _HINT.search(text):
        return []
    taken: list[Value] = []
    for found in (dates, addresses, times, spoken_times, weekdays, shares, next_days):
        taken += [v for v in found(text) if not _overlaps(v.start, v.end, taken)]
    numbers = [n for n in _articles(text) if not _overlaps(n.start, n.end, taken)]
    said = [(n.start, n.end) for n in numbers]
    numbers += [
        n
        for n in numerals(text)
        if not _overlaps(n.start, n.end, taken)
        and not any(a < n.end and n.start < b for a, b in said)
    ]
    taken += _quantities(text, sorted(numbers, key=lambda n: n.start))
    return sorted(taken, key=lambda v: v.start)[:_MAX_VALUES]


def _overlaps(start: int, end: int, taken: list[Value]) -> bool:
    return any(v.start < end and start < v.end for v in taken[-_MAX_VALUES:])


def _articles(text: str) -> Iterator[Numeral]:
    for match in _ARTICLE.finditer(text):
        one = match["one"].lower()
        if one != "one":
            value = 0.25 if one.startswith("a quarter") else 0.75 if "quarter" in one else 1.0
            value = 0.5 if one.startswith("half") else value
            yield Numeral(value, match.start("one"), match.end("one"), spelled=True)


def _quantities(text: str, numbers: list[Numeral]) -> Iterator[Value]:
    index = end = 0
    while index < len(numbers):
        first = last = numbers[index]
        index += 1
        if first.start < end:
            continue
        if index < len(numbers) and _joined(text, first, numbers[index]):
            last = numbers[index]
            index += 1
        value = _typed(text, first, last)
        if value is not None:
            end = value.end
            yield value


def _joined(text: str, first: Numeral, second: Numeral) -> bool:
    gap = text[first.end : second.start]
    if second.start - first.end > _LOOK or not (match := _RANGE.fullmatch(gap)):
        return False
    if "and" in match[0].lower():
        return bool(_BETWEEN.search(text[max(0, first.start - _LOOK) : first.start]))
    if first.value < second.value:
        return True
    # A countdown reads "70 to 43 days"; "from £17 to £10" is a change, not a range.
    return bool(_DURATION.match(text, second.end)) and not re.search("[$€£]|or", match[0].lower())


def _typed(text: str, first: Numeral, last: Numeral) -> Value | None:
    before = text[max(0, first.start - _LOOK) : first.start]
    after = text[last.end : last.end + _LOOK]
    low, high = sorted((first.value, last.value))
    kind, unit, factor, length = _unit(before, after)
    if kind is Kind.DURATION and (more := _HALF_MORE.match(after, length)):
        low, high, length = low + 0.5, high + 0.5, more.end()
    symbol = _BEFORE.search(before)
    start = first.start - (len(symbol[0]) if symbol and kind is Kind.MONEY else 0)
    worded = kind is Kind.MONEY and length and low == int(low)
    if worded and (cents := _CENTS_AFTER.match(after, length)):
        low = high = low + int(cents[1]) / 100
        length = cents.end()
    if kind is Kind.COUNT and first is last and first.spelled and low <= 1 and not unit:
        return None
    bound = _bound(before, text[last.end + length : last.end + length + _LOOK])
    end = last.end + length
    return Value(kind, low * factor, high * factor, unit, start, end, bound, first.spelled)


def _unit(  # noqa: PLR0911 - one return per way of writing a unit
    before: str, after: str
) -> tuple[Kind, str, float, int]:
    """Return kind, unit, factor to the normal unit, and the length of what follows."""
    if match := _PERCENT.match(after):
        return Kind.PERCENT, "", 1.0, match.end()
    if match := _BEFORE.search(before):
        return Kind.MONEY, _CURRENCY[match[1].lower()], 1.0, 0
    if match := _AFTER.match(after):
        if match[2]:
            return Kind.MONEY, "", 0.01, match.end()
        name = match[1].lower().strip("-")
        unit = _CURRENCY.get(name) or _CURRENCY.get(name.rstrip("s"), "")
        return Kind.MONEY, unit, 1.0, match.end()
    if _AGE.search(after) or _AGE.search(before):
        return Kind.COUNT, "", 1.0, 0
    if match := _DURATION.match(after):
        return _duration(match)
    if _NTH_DAY.search(before):
        return Kind.DURATION, "day", 1.0, 0
    if match := _NOUN.match(after):
        return Kind.COUNT, stem(match["first"].lower()), 1.0, 0
    return Kind.COUNT, "", 1.0, 0


def _duration(match: re.Match[str]) -> tuple[Kind, str, float, int]:
    unit = match["unit"].lower()
    if match["adj"]:
        days = _WORKING_WEEK if unit == "week" else 1.0
        return Kind.DURATION, f"business {'day' if unit == 'week' else unit}", days, match.end()
    if unit in _MONTHS_OF:
        return Kind.DURATION, "month", _MONTHS_OF[unit], match.end()
    if unit == "night":
        return Kind.DURATION, "night", 1.0, match.end()
    return Kind.DURATION, "day", _DAYS_OF[unit], match.end()


def _bound(before: str, after: str) -> Bound:
    for bound, pattern in _BOUND_AFTER:
        if pattern.search(after):
            return bound
    for bound, pattern in _BOUND_BEFORE:
        if match := pattern.search(before):
            denied = _DENIED.search(before, 0, match.start())
            return _TURNED.get(bound, bound) if denied else bound
    return Bound.NONE
