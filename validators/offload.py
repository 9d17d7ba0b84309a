"""The one doorway from async code to blocking checks.

CPU work runs in a small pool of threads, so the event loop keeps serving while spaCy or
an index is busy; the pool's size is the limiter.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Offload:
    """A bounded pool of threads for blocking functions."""

    def __init__(self, workers: int = 2, name: str = "handrail-check") -> None:
        """Start no thread yet; `workers` is the most that will run at once."""
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call `function` in a thread and await its result."""
        loop = asyncio.get_running_loop()
        call = partial(_call, partial(function, *args, **kwargs))
        return await loop.run_in_executor(self._pool, call)

    def close(self) -> None:
        """Stop the threads; work that has not started is cancelled."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _call(function: Callable[[], R]) -> R:
    try:
        return function()
    except StopIteration:
        # A future can't carry this one: whoever awaits it would wait for ever.
        raise RuntimeError("a blocking function raised StopIteration") from None
