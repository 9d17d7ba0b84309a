"""Who calls? A key names bot and tenant; without any key set up, everyone is one bot."""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policies.errors import RequestError
from policies.turn import Caller, Turn


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as it is kept: only its hash."""

    id: str
    sha256: str
    bot: str
    tenant: str = "default"
    allow_shadow: bool = False
    expires_at: float | None = None
    """Unix time in seconds."""


def key_hash(key: str) -> str:
    """Hash a key. Keys are 32 random bytes, so a plain fast hash can't be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class Authenticate:
    """Check the bearer key."""

    keys: Callable[[], Sequence[KeyEntry]]
    """Read anew for each request, so that a revoked key stops at once."""
    now: Callable[[], float] = time.time
    name: str = "authenticate"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the caller."""
        caller = self.caller(turn.authorization.reveal())
        return turn.but(caller=caller, shadow=turn.shadow and caller.allow_shadow)

    def caller(self, given: str | None) -> Caller:
        """Return who holds a key; without any key set up, everyone is one bot.

        Raises the 401 that SDKs know.
        """
        if not (keys := self.keys()):
            return Caller()
        if not given:
            raise RequestError(
                "No API key was sent; send Authorization: Bearer KEY. Keys are made with "
                "`handrail keys add --bot NAME`.",
                status=401,
                code="invalid_api_key",
            )
        digest = key_hash(given)
        found: KeyEntry | None = None
        for entry in keys:
            if hmac.compare_digest(entry.sha256, digest):
                found = entry
        if found is None or (found.expires_at is not None and found.expires_at <= self.now()):
            raise RequestError(
                "The API key is not known or has expired.", status=401, code="invalid_api_key"
            )
        return Caller(found.bot, found.tenant, found.id, found.allow_shadow)
