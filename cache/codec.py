"""Entries as JSON text, with their own expiry. Pure.

The reader trusts nothing: whoever can write the folder must gain no more than a miss.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from cache.base import CacheEntry

Clock = Callable[[], float]
"""Gives Unix time in seconds."""

_FORMAT = 2
_TEXTS = ("id", "tenant", "question", "answer", "result_id", "intent", "knowledge", "seal")
_LISTS = ("proofs", "checks")
_NUMBERS = ("confidence", "stored_at")


def encode(entry: CacheEntry, expires_at: float) -> str:
    """Write an entry. Raises `ValueError` or `TypeError` for what JSON can't hold."""
    stored = {"format": _FORMAT, "expires_at": expires_at, "entry": asdict(entry)}
    return json.dumps(stored, allow_nan=False, separators=(",", ":"))


def decode(text: object, now: float) -> CacheEntry | None:
    """Read an entry; None if it has expired or is not exactly what `encode` writes."""
    return decode_expiring(text, now)[0]


def decode_expiring(text: object, now: float) -> tuple[CacheEntry | None, float]:
    """Read an entry as `decode` does, and when it expires (Unix time in seconds)."""
    try:
        stored = json.loads(text, parse_constant=_refuse) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None, 0.0
    if not isinstance(stored, dict) or stored.get("format") != _FORMAT:
        return None, 0.0
    expires_at = stored.get("expires_at")
    if not isinstance(expires_at, int | float) or expires_at <= now:
        return None, 0.0
    return _entry(stored.get("entry")), float(expires_at)


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
        and all(_texts(fields[name]) for name in _LISTS)
        and isinstance(fields["approved"], bool)
    )
    if not sound:
        return None
    listed = {name: tuple(fields[name]) for name in ("claims", *_LISTS)}
    return CacheEntry(**{**fields, **listed})


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def encode_digests(digests: Sequence[str]) -> str:
    """Write the digests that share a form."""
    return json.dumps(list(digests), separators=(",", ":"))


def decode_digests(text: object) -> list[str]:
    """Read what `encode_digests` wrote; nothing from any other text."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return []
    return [d for d in found if isinstance(d, str)] if isinstance(found, list) else []
