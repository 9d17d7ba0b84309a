"""A bound on the time that a lint may take."""

import time
from collections.abc import Callable


class Deadline:
    """Passes once, after a number of seconds; never without a number."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the time now."""
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds
        self.hit = False
        """Something was left out because the time was over."""

    def passed(self) -> bool:
        """Tell whether the time is over."""
        if self._end is not None and self._clock() > self._end:
            self.hit = True
        return self.hit
