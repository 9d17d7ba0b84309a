"""Entries as JSON text, with their own expiry. Pure.

The reader trusts nothing: whoever can write the folder must gain no more than a miss.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from cache.base import CacheEntry

Clock = Callable[[], float]
"""Gives Unix time in seconds."""

_FORMAT = 1
_TEXTS = ("id", "tenant", "question", "answer", "result_id")
_NUMBERS = ("confidence", "stored_at")


def encode(entry: CacheEntry, expires_at: float) -> str:
    """Write an entry. Raises `ValueError` or `TypeError` for what JSON can't hold."""
    stored = {"format": _FORMAT, "expires_at": expires_at, "entry": asdict(entry)}
    return json.dumps(stored, allow_nan=False, separators=(",", ":"))


def decode(text: object, now: float) -> CacheEntry | None:
    """Read an entry; None if it has expired or is not exactly what `encode` writes."""
    try:
        stored = json.loads(text, parse_constant=_refuse) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(stored, dict) or stored.get("format") != _FORMAT:
        return None
    expires_at = stored.get("expires_at")
    if not isinstance(expires_at, int | float) or expires_at <= now:
        return None
    return _entry(stored.get("entry"))


def _refuse(constant: str) -> None:
    """NaN would make an entry that never expires."""
    raise ValueError(constant)


def _entry(fields: Any) -> CacheEntry | None:  # noqa: ANN401 - parsed JSON
    if not isinstance(fields, dict) or set(fields) != set(CacheEntry.__slots__):
        return None
    claims = fields["claims"]
    sound = (
        all(isinstance(fields[name], str) for name in _TEXTS)
        and all(isinstance(fields[name], int | float) for name in _NUMBERS)
        and isinstance(claims, list)
        and all(isinstance(claim, dict) for claim in claims)
    )
    return CacheEntry(**{**fields, "claims": tuple(claims)}) if sound else None
