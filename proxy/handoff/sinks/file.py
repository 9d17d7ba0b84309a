"""Files in a folder: for a desk that picks them up, and for tests."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from proxy.handoff.outbox import Delivery
from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.webhook import cloud_event

P = ParamSpec("P")
R = TypeVar("R")

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Runner(Protocol):
    """A doorway to blocking code, as `validators.offload.Offload` is."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a blocking function elsewhere and await its result."""
        ...


@dataclass(frozen=True, slots=True)
class FileSink:
    """Writes each event, the same CloudEvent as the webhook's, into a file named by its id.

    The file appears whole, and is on disk when the delivery counts as done. The same event
    again replaces it by the same content.
    """

    name: str
    folder: Path
    runner: Runner
    timeout_s: float = 15.0
    retry_s: float = 5.0
    max_attempts: int = 36

    async def deliver(self, delivery: Delivery) -> str | None:
        """Write the file; return its name."""
        try:
            return await self.runner.run(self._write, delivery)
        except OSError as error:
            text = f"{self.name}: can't write in its folder ({error.strerror})"
            raise DeliveryError(text, kind="folder") from None

    def _write(self, delivery: Delivery) -> str:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{_UNSAFE.sub('_', delivery.event_id)}.json"
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # what is left of a crash keeps the mode it had
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            json.dump(cloud_event(delivery), opened)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file.name
