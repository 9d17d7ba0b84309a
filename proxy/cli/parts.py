"""What several commands build of a configuration, in part or in a folder of their own."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from policies.knowledge import NO_SCOPE, Passage
from policies.messages import Message
from policies.turn import NOTHING, Classification
from proxy.config.load import Loaded
from proxy.wiring import build_knowledge
from validators.base import Redaction
from validators.knowledge.filling import Filling
from validators.knowledge.knowledge import LexicalKnowledge
from validators.knowledge.reload import LiveKnowledge


class NoKnowledge:
    """A knowledge base without pages."""

    revision = ""

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        """Find nothing."""
        del query, scope, limit
        return ()

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        """Have no page."""
        del source_ids
        return ()


class NotNeeded:
    """Stands for a redactor or a classifier where nobody will ask it anything."""

    async def redact(
        self,
        texts: Sequence[str],
        *,
        tenant: str,
        conversation_id: str | None,
        known: Mapping[str, str] = NOTHING,
        together: Sequence[Sequence[int]] = (),
    ) -> Redaction:
        """Refuse."""
        del texts, tenant, conversation_id, known, together
        raise NotImplementedError

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        """Refuse."""
        del conversation
        raise NotImplementedError


def load_pages(loaded: Loaded) -> LexicalKnowledge:
    """Read the configured knowledge. Raises `KnowledgeError` with all problems."""
    return build_knowledge(loaded)


def complete_pages(loaded: Loaded) -> LiveKnowledge:
    """Read the configured knowledge and wait until all of it can be searched by meaning too.

    Vectors are taken from the data folder and kept there, if there is one: without them a
    page takes some milliseconds. Raises `KnowledgeError` with all problems.
    """
    folder = data_folder(loaded)
    filling = Filling(folder if folder.is_dir() else None)
    dense = loaded.config.knowledge.dense
    pages = LiveKnowledge(partial(build_knowledge, loaded), filling if dense else None)
    try:
        filling.wait()
    finally:
        filling.close()
    return pages


@contextmanager
def apart(loaded: Loaded) -> Iterator[Loaded]:
    """Give the same configuration with a data folder of its own, removed afterwards.

    So a trial meets no key, answers nothing from the cache and leaves nothing in the
    queue.
    """
    with (
        _without_advice(),
        TemporaryDirectory(prefix="handrail-", ignore_cleanup_errors=True) as folder,
    ):
        stores = loaded.config.stores.model_copy(update={"data_dir": folder, "shared": "local"})
        auth = loaded.config.auth.model_copy(update={"keys_file": None})
        # Vectors could not be kept there; who needs them brings `complete_pages`.
        knowledge = loaded.config.knowledge.model_copy(update={"dense": False})
        changed = {"stores": stores, "auth": auth, "knowledge": knowledge}
        yield replace(loaded, config=loaded.config.model_copy(update=changed))


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keep start-up advice quiet: the folder's new key protects nothing that outlives it."""
    log = logging.getLogger("handrail.start")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def data_folder(loaded: Loaded) -> Path:
    """Return the configured data folder; it need not exist."""
    return loaded.folder / loaded.config.stores.data_dir
