"""Values that are said without a figure: half of it, a quarter off, the next working day."""

import re
from collections.abc import Iterator

from validators.grounding.kinds import Kind, Value

_WHOLE = r"(?:the|your|its|their|our|this|that|what|each|it|one)"
_SHARE = re.compile(
    r"\b(?:(?P<point>half a per\s?cent)\b"
    r"|(?P<part>(?:one|two|three|four)[\s-](?:third|fifth|tenth)s?\b"
    r"|(?:half|(?:an?|one|two|three|four)[\s-](?:third|quarter|fifth|tenth|half)s?)"
    rf"(?=\s(?:off\b|back\b|price\b|of\s{_WHOLE}\b|(?:the|your|its|their)\s\w))))",
    re.IGNORECASE,
)
_PARTS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
_TIMES = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_NEXT_DAY = re.compile(
    r"\b(?:next|following)\s(?P<work>(?:working|business)\s)?day\b|\bthe day after\b|\bnext-day\b",
    re.IGNORECASE,
)


def shares(text: str) -> Iterator[Value]:
    """Yield parts of a whole as percentages: half of it, a quarter off, two thirds back."""
    for match in _SHARE.finditer(text):
        *times, part = (match["part"] or "half").lower().replace("-", " ").split()
        share = _PARTS[part.rstrip("s")] * (_TIMES[times[0]] if times else 1)
        share = 0.5 if match["point"] else share
        yield Value(Kind.PERCENT, share, share, "", match.start(), match.end(), spelled=True)


def next_days(text: str) -> Iterator[Value]:
    """Yield "the next working day" and "the day after" as one day."""
    for match in _NEXT_DAY.finditer(text):
        unit = "business day" if match["work"] else "day"
        yield Value(Kind.DURATION, 1, 1, unit, match.start(), match.end(), spelled=True)
