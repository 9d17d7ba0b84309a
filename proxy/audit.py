"""Who did what, and when: values and a protocol. Entries are added, never changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

MAX_NAME = 200
"""Characters of an actor, an action or a target."""
MAX_DETAIL = 500
"""Characters of one value of the detail."""

_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. Holds names, ids and numbers; no text of a customer, no personal data."""

    actor: str
    """Who did it: an agent's name, `admin` where nobody was named, `handrail` itself."""
    action: str
    """What, such as `handoff.claim` or `policy.tighten`."""
    target: str
    """To what: a handoff's id, an intent."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What else is to be known, and why: strings, numbers and truth values."""


class AuditLog(Protocol):
    """Keeps entries, append-only. Blocking; raises `StoreError`."""

    def record(
        self, actor: str, action: str, target: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add an entry with the time of now; it is durable on return."""
        ...

    def entries(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """List entries, newest first; `after` is the last `seq` of the page before.

        Each is `{seq, at, actor, action, target, detail}`.
        """
        ...


def cleaned(entry: Entry) -> Entry:
    """Return an entry of short, printable texts."""
    return Entry(
        _short(entry.actor, MAX_NAME) or "unknown",
        _short(entry.action, MAX_NAME),
        _short(entry.target, MAX_NAME),
        {_short(name, MAX_NAME): _plain(value) for name, value in entry.detail.items()},
    )


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _short(str(value), MAX_DETAIL)


def _short(text: str, limit: int) -> str:
    return _UNPRINTABLE.sub("", " ".join(text.split()))[:limit]
