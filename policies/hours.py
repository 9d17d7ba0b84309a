"""Business hours: when a person can be reached. Pure once a time zone is loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
_HOUR = 60
_LAST = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of opening times in one time zone."""

    zone: ZoneInfo
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Weekday (0 is Monday) to spans in minutes of the day, end exclusive."""
    holidays: frozenset[date] = frozenset()

    def open_at(self, unix: float) -> bool:
        """Tell whether the desk is open at a Unix time (seconds); False beyond the calendar."""
        try:
            local = datetime.fromtimestamp(unix, UTC).astimezone(self.zone)
        except (OverflowError, OSError, ValueError):
            return False
        if local.date() in self.holidays:
            return False
        minute = _HOUR * local.hour + local.minute
        return any(start <= minute < end for start, end in self.week.get(local.weekday(), ()))


def parse_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Read `09:00-12:00, 13:00-18:00` as minutes of the day; `24:00` is midnight at the end.

    Raises `ValueError` that says what is wrong.
    """
    return tuple(_span(part.strip()) for part in text.split(","))


def _span(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text)
    if found is None:
        msg = f"{text!r} is no span of hours; write it like 09:00-18:00"
        raise ValueError(msg)
    hours = [int(part) for part in found.groups()]
    start, end = _HOUR * hours[0] + hours[1], _HOUR * hours[2] + hours[3]
    if max(hours[1], hours[3]) >= _HOUR or not start < end <= _LAST:
        msg = f"{text!r} is no span within one day; the end comes after the start"
        raise ValueError(msg)
    return start, end


def zone(name: str) -> ZoneInfo:
    """Return a time zone. Raises `ValueError` for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = (
            f"{name!r} is no time zone that this machine knows; write one like Europe/Berlin "
            "(in a bare container the package tzdata may be missing)"
        )
        raise ValueError(msg) from None
