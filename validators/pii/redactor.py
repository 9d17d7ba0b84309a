"""The redactor: finds personal values in the texts of a request and replaces them."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from policies.errors import RedactionError
from policies.turn import NOTHING
from validators.base import PiiSpan, Redaction
from validators.offload import Offload
from validators.pii.actions import EntityActions, PersonalDataBlocked
from validators.pii.joined import Joined, find_joined
from validators.pii.memory import SpanMemory
from validators.pii.placeholders import PlaceholderBook, type_of
from validators.pii.repeats import Repeats
from validators.pii.replace import replace_spans

Stop = Callable[[], bool]
_LONG = 20_000
"""Characters not looked at before, some 0.3 s of work."""


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
        long_texts: Offload | None = None,
        revision: Callable[[], str] = str,
        timeout_s: float = 30.0,
        memory: int = 4096,
        actions: Mapping[str, str] | None = None,
        tenants: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`key` is the tenant-independent secret, at least 16 bytes; `memory` counts texts.

        Long requests go to `long_texts`, so that short ones never wait behind them. What was
        found counts as long as `revision` returns the same: the detector's allow-list.

        `actions` says what is done per type (see `EntityActions`); all are redacted without
        it. `tenants` says it for one tenant, in addition. Raises `ValueError` for a short
        key, an unknown type or action.
        """
        PlaceholderBook(key, "", None)
        self._detector = detector
        self._key = key
        self._offload = offload
        self._long_texts = long_texts or offload
        self._revision = revision
        self._timeout_s = timeout_s
        self._memory = SpanMemory(key, memory)
        self._actions = EntityActions(actions)
        self._tenants = {
            name: EntityActions({**(actions or {}), **own}) for name, own in (tenants or {}).items()
        }

    async def redact(
        self,
        texts: Sequence[str],
        *,
        tenant: str,
        conversation_id: str | None,
        known: Mapping[str, str] = NOTHING,
        together: Sequence[Sequence[int]] = (),
    ) -> Redaction:
        """Redact all texts together; raises `RedactionError` if anything goes wrong.

        A value of a blocked type raises its subclass `PersonalDataBlocked`. The error never
        names a text, and carries no cause that could.
        """
        stop = threading.Event()
        asked = _Asked(
            tuple(texts), tenant, conversation_id, known, together, self._tenants.get(tenant)
        )
        work = self._lane(asked.texts).run(self._redact, asked, stop.is_set)
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

    def _lane(self, texts: Sequence[str]) -> Offload:
        if sum(map(len, texts)) <= _LONG:
            return self._offload
        unseen = sum(len(text) for text in texts if not self._memory.holds(self._key_of(text)))
        return self._offload if unseen <= _LONG else self._long_texts

    def _redact(self, asked: "_Asked", stop: Stop) -> Redaction:
        book = PlaceholderBook(self._key, asked.tenant, asked.conversation_id, asked.known)
        texts, find = asked.texts, partial(self._spans, stop=stop)
        found = [find(text) for text in texts]
        joined = [j for group in asked.together for j in find_joined(texts, group, find)]
        repeats = Repeats(_values(asked, found, joined))
        if repeats:
            found = [
                (*spans, *repeats.find(text)) for text, spans in zip(texts, found, strict=True)
            ]
        return replace_spans(texts, found, book, asked.actions or self._actions, joined)

    def _key_of(self, text: str) -> bytes:
        return self._memory.key(f"{self._revision()}\0{text}")

    def _spans(self, text: str, stop: Stop) -> tuple[PiiSpan, ...]:
        if not text or text.isspace():
            return ()
        key = self._key_of(text)
        spans = self._memory.get(key)
        if spans is None:
            spans = tuple(self._detector.detect(text, stop))
            self._memory.put(key, spans)
        return spans


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call of `redact`, on its way to a thread."""

    texts: tuple[str, ...] = field(repr=False)
    tenant: str
    conversation_id: str | None
    known: Mapping[str, str] = field(repr=False)
    together: Sequence[Sequence[int]]
    actions: EntityActions | None


def _values(
    asked: _Asked, found: Sequence[Sequence[PiiSpan]], joined: Sequence[Joined]
) -> Iterator[tuple[str, str]]:
    """Yield type and value of everything found, in this request and before."""
    for written, value in asked.known.items():
        if kind := type_of(written):
            yield kind, value
    for text, spans in zip(asked.texts, found, strict=True):
        for span in spans:
            yield span.type, text[span.start : span.end]
    for split in joined:
        pieces = (asked.texts[p.text][p.start : p.end] for p in split.pieces)
        yield split.type, split.joiner.join(pieces)
