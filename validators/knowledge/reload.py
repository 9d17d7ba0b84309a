"""Keeps the knowledge current: a new snapshot replaces the old one whole, or not at all."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from policies.errors import ConfigError, HandrailError, Problem
from policies.knowledge import NO_SCOPE, Passage
from validators.knowledge.filling import Filling
from validators.knowledge.knowledge import LexicalKnowledge


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """What a reload did."""

    changed: bool
    """True if other content is served now."""
    problems: tuple[Problem, ...] = ()
    """Why the old content stayed."""


@dataclass(frozen=True, slots=True)
class ByWords:
    """The same pages, found by their words only: what checks of single sentences use.

    A question finds its pages by meaning. Measured on 750 answers, searching by meaning for
    each sentence too found no further page that decides, and took three times as long.
    """

    live: "LiveKnowledge"

    @property
    def revision(self) -> str:
        """Hash of the current content."""
        return self.live.revision

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> tuple[Passage, ...]:
        """Search the current snapshot by words."""
        return self.live.current.search(query, scope=scope, limit=limit)

    def pages(self, source_ids: Sequence[str]) -> tuple[Passage, ...]:
        """Return the passages of the given pages of the current snapshot."""
        return self.live.pages(source_ids)

    def vocabulary(self) -> frozenset[str]:
        """Return the recurring names of the current snapshot."""
        return self.live.vocabulary()


class LiveKnowledge:
    """A `validators.base.KnowledgeBase` that always answers from the current snapshot.

    By words at once; by words and meaning as soon as the snapshot's dense index is made.
    """

    def __init__(
        self, load: Callable[[], LexicalKnowledge], filling: Filling | None = None
    ) -> None:
        """Load the first snapshot; `load` blocks and may raise `KnowledgeError`.

        Without `filling`, which makes dense indexes, the search is by words for good.
        """
        self._load = load
        self._filling = filling
        self._reloading = threading.Lock()
        self._current = load()
        if filling is not None:
            filling.want(self._current)

    @property
    def current(self) -> LexicalKnowledge:
        """The snapshot served now. Take it once where several calls must agree."""
        return self._current

    @property
    def revision(self) -> str:
        """Hash of the current content."""
        return self._current.revision

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return self._current.page_count

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._current)

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> tuple[Passage, ...]:
        """Search the current snapshot."""
        current = self._current
        hybrid = None if self._filling is None else self._filling.ready(current)
        return (hybrid or current).search(query, scope=scope, limit=limit)

    @property
    def retrieval(self) -> str:
        """What pages are found by now, in a few words for people who run this."""
        return "lexical" if self._filling is None else self._filling.state(self._current)

    def pages(self, source_ids: Sequence[str]) -> tuple[Passage, ...]:
        """Return the passages of the given pages of the current snapshot."""
        return self._current.pages(source_ids)

    def vocabulary(self) -> frozenset[str]:
        """Return the recurring names of the current snapshot."""
        return self._current.vocabulary()

    def reload(self) -> ReloadResult:
        """Load again and swap if the content differs. Blocking; one at a time."""
        with self._reloading:
            try:
                fresh = self._load()
            except ConfigError as error:
                return ReloadResult(changed=False, problems=error.problems)
            except HandrailError as error:
                return ReloadResult(False, (Problem("knowledge", None, "", str(error)),))
            if fresh.revision == self._current.revision:
                return ReloadResult(changed=False)
            self._current = fresh
            if self._filling is not None:
                self._filling.want(fresh)
            return ReloadResult(changed=True)

    async def watch(
        self,
        stop: asyncio.Event,
        folders: Sequence[Path],
        on_result: Callable[[ReloadResult], None],
        *,
        debounce_ms: int = 500,
        poll_ms: int = 2000,
    ) -> None:
        """Reload whenever something changes in or below `folders`, until `stop` is set.

        Every `poll_ms` the folders are looked up again: a watch sees neither a swapped link
        above its folder nor a folder that is created later. Loads run in a thread.
        `on_result` is called on the event loop after every attempt
        that changed the content or failed.
        """
        async with aclosing(_changes(stop, folders, debounce_ms, poll_ms)) as changes:
            async for _ in changes:
                result = await asyncio.to_thread(self.reload)
                if result.changed or result.problems:
                    on_result(result)


async def _changes(
    stop: asyncio.Event, folders: Sequence[Path], debounce_ms: int, poll_ms: int
) -> AsyncGenerator[None, None]:
    """Yield after each burst of changes, and once a watch is set: what came before counts too."""
    while not stop.is_set():
        places = await asyncio.to_thread(_places, folders)
        armed = False
        bursts = awatch(
            *places,
            stop_event=stop,
            debounce=debounce_ms,
            rust_timeout=poll_ms,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        with suppress(FileNotFoundError):
            async with aclosing(bursts):
                async for changes in bursts:
                    if changes or not armed:
                        yield
                    armed = True
                    if await asyncio.to_thread(_places, folders) != places:
                        break


def _places(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Where the folders really are now; those that are missing are left out."""
    return tuple(sorted({folder.resolve() for folder in folders if folder.is_dir()}))
