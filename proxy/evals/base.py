"""What every evaluation takes and gives."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from proxy.evals.metrics import median

T = TypeVar("T")
Figures = dict[str, Any]


class Progress(Protocol):
    """Passes items on and may show how far it is."""

    def __call__(self, items: Sequence[T], /) -> Iterable[T]:
        """Return the same items."""
        ...


def silent(items: Sequence[T]) -> Iterable[T]:
    """Show nothing."""
    return items


@dataclass(frozen=True, slots=True)
class Result:
    """What one evaluation found."""

    figures: Figures
    """JSON values; `n` first."""
    predictions: tuple[Mapping[str, Any], ...]
    """One per line of the data, in its order."""


@dataclass(slots=True)
class Stopwatch:
    """Times item by item; medians, because the first items warm caches up."""

    wall: Callable[[], float] = time.perf_counter
    cpu: Callable[[], float] = time.process_time
    """Of all threads of this process."""
    _wall_ms: list[float] = field(default_factory=list)
    _cpu_ms: list[float] = field(default_factory=list)

    @contextmanager
    def item(self) -> Iterator[None]:
        """Time the block as one item."""
        wall, cpu = self.wall(), self.cpu()
        yield
        self._wall_ms.append((self.wall() - wall) * 1000)
        self._cpu_ms.append((self.cpu() - cpu) * 1000)

    @property
    def last_cpu_ms(self) -> float:
        """Processor time of the item before; 0 before the first."""
        return self._cpu_ms[-1] if self._cpu_ms else 0.0

    def figures(self) -> Figures:
        """Return the medians in milliseconds."""
        return {
            "ms_per_item": rounded(median(self._wall_ms)),
            "cpu_ms_per_item": rounded(median(self._cpu_ms)),
        }


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Round for printing; None stays None."""
    return None if value is None else round(value, digits)
