"""Watching files: changed pages, and a changed configuration."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from proxy.config.load import Loaded
from proxy.snapshot import Live, Snapshot
from proxy.wiring import knowledge_folders
from validators.knowledge.reload import LiveKnowledge, ReloadResult

log = logging.getLogger("handrail.knowledge")

Stamp = tuple[int, int, int] | None


async def watch_knowledge(
    live: Live, loaded: Loaded, stop: asyncio.Event, *, every_s: float = 0.5
) -> None:
    """Watch the pages until `stop`; one that can't be parsed leaves the old content in place.

    A reload of the configuration brings a knowledge base of its own: `live` is looked at
    every `every_s` seconds, and what is served now is what is watched.
    """
    while not stop.is_set():
        served = live.current
        over = asyncio.Event()
        watching = asyncio.create_task(_watch_pages(served, loaded, over))
        while live.current is served and not await _stopped(stop, every_s):
            pass
        over.set()
        await watching


async def _watch_pages(served: Snapshot, loaded: Loaded, over: asyncio.Event) -> None:
    knowledge = served.knowledge
    if not served.config.knowledge.watch or not isinstance(knowledge, LiveKnowledge):
        return

    def report(result: ReloadResult) -> None:
        if result.problems:
            listed = "\n".join(map(str, result.problems))
            log.error("knowledge not reloaded, the old pages stay:\n%s", listed)
        elif result.changed:
            log.info("knowledge reloaded: revision %s", knowledge.revision[:12])

    try:
        current = replace(loaded, config=served.config)
        folders = await asyncio.to_thread(knowledge_folders, current)
        await knowledge.watch(over, folders, report)
    except Exception as error:  # noqa: BLE001 - served pages stay good; the operator must know
        log.error("pages are no longer watched (%s): send SIGHUP", type(error).__name__)  # noqa: TRY400 - one line


async def watch_config(
    live: Live,
    loaded: Loaded,
    stop: asyncio.Event,
    reload: Callable[[], Awaitable[None]],
    *,
    every_s: float = 1.0,
) -> None:
    """Call `reload` when config.toml, policy or calibration has changed, until `stop`.

    Looked at every `every_s` seconds, not by notification: that sees swapped links and
    network folders too. A change counts once it has stayed the same for one look.
    """
    applied = before = await _stamps(live, loaded)
    while not await _stopped(stop, every_s):
        now = await _stamps(live, loaded)
        if now == before != applied:
            applied = now
            await reload()
        before = now


async def _stamps(live: Live, loaded: Loaded) -> Sequence[Stamp]:
    served = live.current.config.policy
    named = [name for name in (served.file, served.calibration) if name]
    return await asyncio.to_thread(
        lambda: [_stamp(loaded.path), *(_stamp(loaded.find(name)) for name in named)]
    )


def _stamp(file: Path) -> Stamp:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
