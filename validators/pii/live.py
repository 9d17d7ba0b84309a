"""Detection whose allow-list follows the pages: their own names are nobody's."""

import threading
from collections.abc import Callable, Iterable, Sequence

from validators.base import PiiSpan
from validators.pii.detect import PresidioDetector


class LiveDetector:
    """A detector that takes up the pages' vocabulary whenever the pages have changed."""

    def __init__(
        self,
        detector: PresidioDetector,
        vocabulary: Callable[[], Iterable[str]],
        revision: Callable[[], str],
    ) -> None:
        """`vocabulary` is asked for again as soon as `revision` is another one."""
        self._detector = detector
        self._vocabulary = vocabulary
        self._revision = revision
        self._taken: str | None = None
        self._lock = threading.Lock()

    def detect(self, text: str, stop: Callable[[], bool] = lambda: False) -> Sequence[PiiSpan]:
        """Return disjoint spans in order; raises `InterruptedError` once `stop()` is true."""
        self._follow()
        return self._detector.detect(text, stop)

    def _follow(self) -> None:
        with self._lock:
            revision = self._revision()
            if revision != self._taken:
                self._detector.allow(self._vocabulary())
                self._taken = revision
