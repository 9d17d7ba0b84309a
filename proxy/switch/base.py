"""What an operator switched, and the protocol of where that is kept."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from policies.rules import EVERYTHING

log = logging.getLogger("handrail.audit")

MAX_NAME = 80
_CONTROL = re.compile(r"[^\w .@:+/*-]")


class Move(StrEnum):
    """Which way."""

    TIGHTEN = "tighten"
    RELAX = "relax"


@dataclass(frozen=True, slots=True)
class Change:
    """One turn of the switch: a line of the audit."""

    at: str
    """RFC 3339 in UTC."""
    who: str
    move: Move
    intent: str
    """Name of an intent; `*` is everything."""

    def __str__(self) -> str:
        """Tell it in one line."""
        what = "everything" if self.intent == EVERYTHING else f"intent {self.intent}"
        return f"{self.at} {self.move.value} {what} by {self.who}"


class SwitchStore(Protocol):
    """Keeps changes, append-only, for all replicas. Blocking; raises `StoreError`."""

    def changes(self) -> Sequence[Change]:
        """Return all changes, oldest first."""
        ...

    def append(self, change: Change) -> None:
        """Add a change; it is kept when this returns."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


def to_line(change: Change) -> bytes:
    """Write a change as one line of JSON."""
    fields = {"at": change.at, "who": change.who, "what": change.move, "intent": change.intent}
    return json.dumps(fields).encode()


def read_lines(lines: Iterable[bytes]) -> Iterator[Change]:
    """Read what `to_line` wrote; a damaged line is told in the log and does not count."""
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line)
            yield Change(
                at=str(fields["at"]),
                who=str(fields["who"]),
                move=Move(fields["what"]),
                intent=str(fields["intent"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            if line.strip():
                log.warning("line %d of the policy's switch is damaged and does not count", number)


def tightened(changes: Iterable[Change]) -> dict[str, Change]:
    """Return what goes to people now, each with the change that says so."""
    now: dict[str, Change] = {}
    for change in changes:
        if change.move is Move.TIGHTEN:
            now.setdefault(change.intent, change)
        else:
            now.pop(change.intent, None)
    return now


def clean_name(text: str) -> str:
    """Return who it was as the audit shows it: one short line of plain characters."""
    return _CONTROL.sub("", " ".join(text.split()))[:MAX_NAME] or "unknown"
