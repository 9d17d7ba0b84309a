"""The protocol of a pipeline stage."""

from typing import Protocol

from policies.turn import Turn


class Stage(Protocol):
    """One step: takes a turn, returns a changed copy.

    Stages hold no tracing and no timing code: the runner does both. A stage that can't
    serve the request raises `RequestError`; anything else it raises is a bug, and the
    pipeline fails closed.
    """

    name: str

    async def __call__(self, turn: Turn) -> Turn:
        """Do the step."""
        ...
