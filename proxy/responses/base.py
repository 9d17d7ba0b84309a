"""A kept response, and the protocol of what keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One turn of a thread: what was asked and answered, with placeholders."""

    id: str
    """The response's id: 192 random bits."""
    tenant: str
    thread: str
    """The id of the thread's first response; the vault holds its values under this name."""
    previous: str | None
    """The response that this one continues."""
    conversation: str | None
    """As records show it: the bot's own id, or a pseudonym."""
    customer_ref: str | None
    """As records show it."""
    messages: Sequence[JsonObject]
    """The input, as messages of a chat completion."""
    response: JsonObject
    """The response object."""


class ResponseStore(Protocol):
    """Keeps responses, redacted. Blocking; raises `StoreError`."""

    def keep(self, response: Kept, expires: float) -> None:
        """Store a response; it and the rest of its thread expire at `expires` (Unix time)."""
        ...

    def thread(self, tenant: str, response_id: str, now: float) -> Sequence[Kept]:
        """Return a response and those that it continues, oldest first.

        Empty if the tenant has no such response, if it has expired, or if one that it
        continues is gone.
        """
        ...

    def one(self, tenant: str, response_id: str, now: float) -> Kept | None:
        """Return one response of a tenant."""
        ...

    def delete(self, tenant: str, response_id: str) -> str | None:
        """Erase one response; return its thread if nothing is left of it."""
        ...

    def threads(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> Sequence[str]:
        """Return the threads in which one of the names stands.

        A thread's own id counts as a conversation.
        """
        ...

    def erase(self, tenant: str, threads: Sequence[str]) -> int:
        """Erase whole threads; return how many responses they held."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


def ancestry(rows: Mapping[str, Kept], response_id: str) -> Sequence[Kept]:
    """Return a response and those before it, oldest first; empty if one is missing."""
    found: list[Kept] = []
    wanted: str | None = response_id
    while wanted is not None:
        row = rows.get(wanted)
        if row is None or len(found) > len(rows):
            return ()
        found.append(row)
        wanted = row.previous
    return found[::-1]
