"""Reload the knowledge base when its files change."""

import asyncio
import logging

from proxy.config.load import Loaded
from proxy.snapshot import Live
from proxy.wiring import knowledge_folders
from validators.knowledge.reload import LiveKnowledge, ReloadResult

log = logging.getLogger("handrail.knowledge")


async def watch_knowledge(live: Live, loaded: Loaded, stop: asyncio.Event) -> None:
    """Watch until `stop`; a page that can't be parsed leaves the old content in place."""
    knowledge = live.current.knowledge
    if not loaded.config.knowledge.watch or not isinstance(knowledge, LiveKnowledge):
        return

    def report(result: ReloadResult) -> None:
        if result.problems:
            listed = "\n".join(map(str, result.problems))
            log.error("knowledge not reloaded, the old pages stay:\n%s", listed)
        elif result.changed:
            log.info("knowledge reloaded: revision %s", knowledge.revision[:12])

    await knowledge.watch(stop, knowledge_folders(loaded), report)
