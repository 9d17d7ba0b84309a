"""Single flight: while one turn asks a model, equal questions wait for its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Flights:
    """Which questions are being answered in this process. For one event loop."""

    wait_s: float = 20.0
    """How long an equal question waits before it asks the model itself."""
    rounds: int = 2
    """How many others' answers a question waits for: if none could be kept, it asks itself."""
    _under_way: dict[str, "asyncio.Future[None]"] = field(default_factory=dict)

    async def join(self, digest: str, look: Callable[[], Awaitable[bool]]) -> bool:
        """Become the one who asks, or wait for them; True once `look` found an answer.

        Whoever asks has landed when `land` is called or their task ends, however it ends.
        """
        for _ in range(self.rounds):
            flight = self._under_way.get(digest)
            if flight is None:
                break
            try:
                await asyncio.wait_for(asyncio.shield(flight), self.wait_s)
            except TimeoutError:
                return False
            if await look():
                return True
        if digest not in self._under_way:
            self._take_off(digest)
        return False

    def land(self, digest: str) -> None:
        """Let those go on who wait for this question."""
        flight = self._under_way.pop(digest, None)
        if flight is not None and not flight.done():
            flight.set_result(None)

    def _take_off(self, digest: str) -> None:
        task = asyncio.current_task()
        flight = asyncio.get_running_loop().create_future()
        self._under_way[digest] = flight

        def ended(_: "asyncio.Task[Any]") -> None:
            if self._under_way.get(digest) is flight:
                self.land(digest)

        if task is not None:
            task.add_done_callback(ended)

    @property
    def count(self) -> int:
        """Questions that are being answered now."""
        return len(self._under_way)
