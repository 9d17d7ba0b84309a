"""The switch in Redis: for replicas that share no folder."""

from collections.abc import Sequence
from typing import Any, Protocol

from policies.errors import StoreError
from proxy.switch.base import Change, read_lines, to_line

KEY = "{handrail-switch}:changes"


class Commands(Protocol):
    """Sends commands to Redis. Raises `StoreError`."""

    def __call__(self, *command: str | bytes | float) -> Any:  # noqa: ANN401 - Redis has several types
        """Send one command and return its answer."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class RedisSwitchStore:
    """Satisfies `SwitchStore` with a list that is only ever appended to.

    How long a change outlives a crash of Redis is up to its own persistence.
    """

    def __init__(self, commands: Commands, key: str = KEY) -> None:
        """Keep the changes under `key`."""
        self._send = commands
        self._key = key

    def changes(self) -> Sequence[Change]:
        """Return all changes, oldest first. Raises `StoreError`."""
        found = self._send("LRANGE", self._key, "0", "-1")
        if not isinstance(found, list):
            msg = "the policy's switch in Redis is no list"
            raise StoreError(msg)
        return tuple(read_lines(line for line in found if isinstance(line, bytes)))

    def append(self, change: Change) -> None:
        """Add a change. Raises `StoreError`; then it is not known whether it was added."""
        self._send("RPUSH", self._key, to_line(change))

    def close(self) -> None:
        """Close the connections."""
        self._send.close()
