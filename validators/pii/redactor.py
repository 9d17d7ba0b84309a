"""The redactor: finds personal values in the texts of a request and replaces them."""

import asyncio
import hashlib
import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from policies.errors import RedactionError
from policies.text import Redacted
from validators.base import PiiSpan, Redaction
from validators.offload import Offload
from validators.pii.actions import EntityActions, PersonalDataBlocked
from validators.pii.placeholders import TEXT, PlaceholderBook, look_alikes
from validators.pii.spans import resolve

Stop = Callable[[], bool]


class Detector(Protocol):
    """Finds personal values in one text. Blocking; called from several threads at once."""

    def detect(self, text: str, stop: Stop) -> Sequence[PiiSpan]:
        """Return disjoint spans in order; may raise anything, above all once `stop()`."""
        ...


class PresidioRedactor:
    """Redacts all texts of a request in a thread; each distinct text is analysed once."""

    def __init__(  # noqa: PLR0913 - options of one object, all named
        self,
        detector: Detector,
        key: bytes,
        offload: Offload,
        *,
        timeout_s: float = 30.0,
        memory: int = 4096,
        actions: Mapping[str, str] | None = None,
    ) -> None:
        """`key` is the tenant-independent secret, at least 16 bytes; `memory` counts texts.

        `actions` says what is done per type (see `EntityActions`); all are redacted without
        it. Raises `ValueError` for a short key, an unknown type or action.
        """
        PlaceholderBook(key, "", None)
        self._detector = detector
        self._key = key
        self._offload = offload
        self._timeout_s = timeout_s
        self._memory = _SpanMemory(key, memory)
        self._actions = EntityActions(actions)

    async def redact(
        self, texts: Sequence[str], *, tenant: str, conversation_id: str | None
    ) -> Redaction:
        """Redact all texts together; raises `RedactionError` if anything goes wrong.

        A value of a blocked type raises its subclass `PersonalDataBlocked`. The error never
        names a text, and carries no cause that could.
        """
        stop = threading.Event()
        book = PlaceholderBook(self._key, tenant, conversation_id)
        work = self._offload.run(self._redact, tuple(texts), book, stop.is_set)
        try:
            return await asyncio.wait_for(work, self._timeout_s)
        except TimeoutError:
            msg = f"redaction did not finish within {self._timeout_s:g} s"
        except PersonalDataBlocked as blocked:
            raise PersonalDataBlocked(blocked.types) from None
        except Exception as error:  # noqa: BLE001 - whatever happened, nothing may leave
            msg = f"redaction failed: {type(error).__name__}"
        finally:
            stop.set()
        raise RedactionError(msg) from None

    def _redact(self, texts: Sequence[str], book: PlaceholderBook, stop: Stop) -> Redaction:
        found = [self._spans(text, stop) for text in texts]
        return replace_spans(texts, found, book, self._actions)

    def _spans(self, text: str, stop: Stop) -> tuple[PiiSpan, ...]:
        if not text or text.isspace():
            return ()
        key = self._memory.key(text)
        spans = self._memory.get(key)
        if spans is None:
            spans = tuple(self._detector.detect(text, stop))
            self._memory.put(key, spans)
        return spans


def replace_spans(
    texts: Sequence[str],
    found: Sequence[Sequence[PiiSpan]],
    book: PlaceholderBook,
    actions: EntityActions | None = None,
) -> Redaction:
    """Replace the spans found in each text, and whatever only looks like a placeholder.

    So a placeholder that a customer types is a value of its own, never somebody's value.
    `actions` may let types through; what is only counted has a span without placeholder.
    Raises `PersonalDataBlocked`.
    """
    actions = actions or EntityActions()
    redacted: list[Redacted] = []
    placed: list[tuple[PiiSpan, ...]] = []
    for text, spans in zip(texts, found, strict=True):
        hidden, counted = actions.apply(spans)
        literal = [PiiSpan(start, end, TEXT, 1.0) for start, end in look_alikes(text)]
        final = tuple(
            PiiSpan(
                s.start, s.end, s.type, s.score, book.placeholder(s.type, text[s.start : s.end])
            )
            for s in resolve([*hidden, *literal])
        )
        redacted.append(_with_placeholders(text, final))
        placed.append(tuple(sorted((*final, *counted), key=lambda s: (s.start, s.end))))
    return Redaction(tuple(redacted), tuple(placed), book.vault())


def _with_placeholders(text: str, spans: Sequence[PiiSpan]) -> Redacted:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts += (text[position : span.start], span.placeholder)
        position = span.end
    return Redacted("".join([*parts, text[position:]]))


class _SpanMemory:
    """What was found in recent texts: offsets by keyed hash, no text."""

    def __init__(self, key: bytes, size: int) -> None:
        self._key = key
        self._size = size
        self._spans: OrderedDict[bytes, tuple[PiiSpan, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, text: str) -> bytes:
        data = text.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, data, hashlib.sha256).digest()

    def get(self, key: bytes) -> tuple[PiiSpan, ...] | None:
        with self._lock:
            if (spans := self._spans.get(key)) is not None:
                self._spans.move_to_end(key)
            return spans

    def put(self, key: bytes, spans: tuple[PiiSpan, ...]) -> None:
        with self._lock:
            self._spans[key] = spans
            self._spans.move_to_end(key)
            while len(self._spans) > self._size:
                self._spans.popitem(last=False)
