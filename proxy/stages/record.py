"""Keep what was decided, behind the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.turn import Turn


@dataclass(slots=True)
class Record:
    """Hand the decision record to the writer, which never blocks."""

    put: Callable[[Mapping[str, Any]], None]
    build: Callable[[Turn], Mapping[str, Any]]
    name: str = "record"

    async def __call__(self, turn: Turn) -> Turn:
        """Record each support turn once."""
        if turn.profile != "utility":
            self.put(self.build(turn))
        return turn
