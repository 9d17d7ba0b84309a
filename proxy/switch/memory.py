"""A switch that lasts as long as its process: for tests, `ask` and `check`."""

from collections.abc import Iterable, Sequence

from proxy.switch.base import Change


class MemorySwitchStore:
    """Satisfies `SwitchStore` with a list."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        """Begin with some changes."""
        self._changes = list(changes)

    def changes(self) -> Sequence[Change]:
        """Return all changes, oldest first."""
        return tuple(self._changes)

    def append(self, change: Change) -> None:
        """Add a change."""
        self._changes.append(change)

    def close(self) -> None:
        """Do nothing."""
