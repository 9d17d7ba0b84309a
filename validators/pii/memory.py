"""What was found in recent texts: offsets by keyed hash, no text."""

import hashlib
import hmac
import threading
from collections import OrderedDict

from validators.base import PiiSpan

MOST_SPANS = 200_000


class SpanMemory:
    """Remembers spans, the least recently used forgotten first; safe in several threads."""

    def __init__(self, key: bytes, texts: int, spans: int = MOST_SPANS) -> None:
        """`key` is secret; `texts` and `spans` bound what is remembered (20 MB of spans)."""
        self._key = key
        self._most_texts = texts
        self._most_spans = spans
        self._count = 0
        self._spans: OrderedDict[bytes, tuple[PiiSpan, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, text: str) -> bytes:
        """Return what `text` is remembered by: an HMAC-SHA256, which tells nothing of it."""
        data = text.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, data, hashlib.sha256).digest()

    def holds(self, key: bytes) -> bool:
        """Whether a text is remembered."""
        with self._lock:
            return key in self._spans

    def get(self, key: bytes) -> tuple[PiiSpan, ...] | None:
        """Return the spans of a text, or None if it is not remembered."""
        with self._lock:
            if (spans := self._spans.get(key)) is not None:
                self._spans.move_to_end(key)
            return spans

    def put(self, key: bytes, spans: tuple[PiiSpan, ...]) -> None:
        """Remember the spans of a text; too many for the whole memory are not kept at all."""
        if len(spans) > self._most_spans:
            return
        with self._lock:
            self._count += len(spans) - len(self._spans.pop(key, ()))
            self._spans[key] = spans
            while len(self._spans) > self._most_texts or self._count > self._most_spans:
                self._count -= len(self._spans.popitem(last=False)[1])
