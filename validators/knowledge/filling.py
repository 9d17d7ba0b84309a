"""Encodes passages behind the running service, one snapshot of the pages at a time.

Words can be searched at once; the dense index follows when it is complete. The thread has
low priority and stops within a few texts of being told.
"""

import atexit
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary, ref

import numpy as np

from validators.knowledge.dense import DenseIndex, build_index
from validators.knowledge.encoders import Model, choose_model
from validators.knowledge.hybrid import Hybrid, TextEncoder
from validators.knowledge.knowledge import LexicalKnowledge
from validators.knowledge.place import places
from validators.knowledge.vectors import Shelf, Vectors, compact, keys_of
from validators.knowledge.windows import windows

log = logging.getLogger("handrail.knowledge")

_STEP: Final = 16
"""Passages between two looks at whether to stop: about a quarter of a second."""
_PAUSE_S: Final = 0.002
"""Between two steps, so that requests get the interpreter."""
_ROOM: Final = 8
_FIRST_SAVE: Final = 4096
_NICENESS: Final = 10


@dataclass(frozen=True, slots=True)
class _Made:
    """A dense index, without the snapshot that it belongs to: that must be free to go."""

    index: DenseIndex
    encoder: TextEncoder
    model: str


class _Work:
    """What has been encoded of one snapshot so far."""

    def __init__(self, known: Vectors, passages: int) -> None:
        self.known = known
        self.counts: list[int] = []
        self.fresh = 0
        # Room for more windows than passages have as a rule; unused room takes no memory.
        self._rows = np.empty((_ROOM * passages + _ROOM, known.rows.shape[1]), np.int8)
        self._keys = np.empty(len(self._rows), np.uint64)
        self._used = 0

    def add(self, cut: Sequence[Sequence[str]], encoder: TextEncoder) -> None:
        """Append the windows of some passages; encodes those that are not known."""
        texts = [text for group in cut for text in group]
        keys = keys_of(texts)
        at, hit = self.known.find(keys)
        rows = np.empty((len(texts), self._rows.shape[1]), np.int8)
        rows[hit] = self.known.rows[at[hit]]
        missing = np.flatnonzero(~hit)
        if len(missing):
            rows[missing] = compact(encoder.encode([texts[n] for n in missing]))
        end = self._used + len(texts)
        if end > len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows), rows])
            self._keys = np.concatenate([self._keys, np.empty_like(self._keys), keys])
        self._rows[self._used : end] = rows
        self._keys[self._used : end] = keys
        self._used = end
        self.counts.extend(len(group) for group in cut)
        self.fresh += len(missing)

    def vectors(self) -> Vectors:
        """Return the vectors of the passages so far, in their order."""
        return Vectors.of(self._keys[: self._used], self._rows[: self._used])

    def changed(self) -> bool:
        """Tell whether the passages so far are others than those that were known."""
        return self.fresh > 0 or self._used != len(self.known)


class Filling:
    """Makes dense indexes in the background, for all snapshots that are still in use."""

    def __init__(self, folder: Path | None, choose: Callable[[int], Model] = choose_model) -> None:
        """Start nothing yet; `folder` is where vectors are kept, None: nowhere."""
        self._shelf = Shelf(folder)
        self._choose = choose
        self._lock = threading.Condition()
        self._done: WeakKeyDictionary[LexicalKnowledge, _Made] = WeakKeyDictionary()
        self._pending: list[ref[LexicalKnowledge]] = []
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._encoders: dict[str, TextEncoder] = {}
        self._wishes = 0
        self._share = 0.0
        self._failed = False

    def want(self, snapshot: LexicalKnowledge) -> None:
        """Ask for a snapshot's dense index; returns at once. The latest comes first."""
        with self._lock:
            if self._closed.is_set() or self._adopted(snapshot):
                return
            self._pending.append(ref(snapshot))
            self._wishes += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="handrail-dense", daemon=True
                )
                # A daemon inside native code must be gone before the interpreter is.
                atexit.register(self.close)
                self._thread.start()

    def ready(self, snapshot: LexicalKnowledge) -> Hybrid | None:
        """Return the search by words and meaning, None while it is not complete."""
        with self._lock:
            made = self._done.get(snapshot)
        return None if made is None else Hybrid(snapshot, made.index, made.encoder)

    def state(self, snapshot: LexicalKnowledge) -> str:
        """Say in a few words how a snapshot's pages are found by now."""
        with self._lock:
            made = self._done.get(snapshot)
        if made is not None:
            return f"lexical and dense ({made.model})"
        if self._failed:
            return "lexical (encoding failed: see the log)"
        return f"lexical (dense: {self._share:.0%} encoded)"

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is to be done; tell whether that is so."""
        with self._lock:
            return self._lock.wait_for(lambda: self._thread is None, timeout_s)

    def close(self) -> None:
        """Stop, within about a second. What was encoded is kept on disk."""
        self._closed.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()
        atexit.unregister(self.close)

    def _run(self) -> None:
        _be_nice()
        while (snapshot := self._next()) is not None:
            try:
                self._fill(snapshot)
            except Exception as error:  # noqa: BLE001 - whatever it is, words still find pages
                self._failed = True
                log.error(  # noqa: TRY400 - one line; a trace might show a page
                    "pages are searched by their words only (%s while encoding them): "
                    "restart once the cause is gone, or set dense = false under [knowledge]",
                    type(error).__name__,
                )
            del snapshot

    def _next(self) -> LexicalKnowledge | None:
        with self._lock:
            while self._pending and not self._closed.is_set():
                snapshot = self._pending.pop()()
                if snapshot is not None and not self._adopted(snapshot):
                    return snapshot
            self._thread = None
            atexit.unregister(self.close)
            self._lock.notify_all()
            return None

    def _fill(self, snapshot: LexicalKnowledge) -> None:
        self._share = 0.0
        model = self._choose(len(snapshot))
        encoder = self._encoder(model)
        work = _Work(self._shelf.load(model.name, model.dimensions), len(snapshot))
        if not self._encode(snapshot, model, encoder, work):
            self._shelf.save(model.name, work.known.joined(work.vectors()))
            with self._lock:
                self._pending.insert(0, ref(snapshot))
            return
        vectors = work.vectors()
        index = build_index(snapshot.passages, vectors.rows, work.counts)
        self._publish(snapshot, _Made(index, encoder, model.name))
        if work.changed():
            self._shelf.save(model.name, vectors)

    def _encode(
        self, snapshot: LexicalKnowledge, model: Model, encoder: TextEncoder, work: _Work
    ) -> bool:
        """Encode all passages, or return False if there is something better to do."""
        passages, saved, wishes = snapshot.passages, _FIRST_SAVE, self._wishes
        where = places({passage.source_id for passage in passages})
        for start in range(0, len(passages), _STEP):
            if self._closed.is_set() or self._wishes != wishes:
                return False
            some = passages[start : start + _STEP]
            work.add([windows(passage, where[passage.source_id]) for passage in some], encoder)
            self._share = (start + len(some)) / len(passages)
            if work.fresh >= saved:
                # Ever rarer, so that all savings together cost no more than a few.
                saved = work.fresh * 2
                self._shelf.save(model.name, work.known.joined(work.vectors()))
            self._closed.wait(_PAUSE_S)
        return True

    def _adopted(self, snapshot: LexicalKnowledge) -> bool:
        """Tell whether a snapshot has its index; equal content shares one. Needs the lock."""
        same = [made for s, made in self._done.items() if s.revision == snapshot.revision]
        if same:
            self._done[snapshot] = same[0]
        return bool(same)

    def _publish(self, snapshot: LexicalKnowledge, made: _Made) -> None:
        with self._lock:
            self._done[snapshot] = made
            self._failed = False
        log.info("pages are found by meaning too: %d passages, %s", len(snapshot), made.model)

    def _encoder(self, model: Model) -> TextEncoder:
        if model.name not in self._encoders:
            self._encoders = {model.name: model.load()}
        return self._encoders[model.name]


def _be_nice() -> None:
    """Lower this thread's priority, where threads have one of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
