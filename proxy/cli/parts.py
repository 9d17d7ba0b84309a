"""What several commands build of a configuration, in part or in a folder of their own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from policies.knowledge import NO_SCOPE, Passage
from proxy.config.load import Loaded
from proxy.wiring import _knowledge
from validators.knowledge.knowledge import LexicalKnowledge


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


def load_pages(loaded: Loaded) -> LexicalKnowledge:
    """Read the configured knowledge. Raises `KnowledgeError` with all problems."""
    return _knowledge(loaded)


@contextmanager
def apart(loaded: Loaded) -> Iterator[Loaded]:
    """Give the same configuration with a data folder of its own, removed afterwards.

    So a trial meets no key, answers nothing from the cache and leaves nothing in the
    queue.
    """
    with TemporaryDirectory(prefix="handrail-", ignore_cleanup_errors=True) as folder:
        stores = loaded.config.stores.model_copy(update={"data_dir": folder})
        auth = loaded.config.auth.model_copy(update={"keys_file": None})
        yield replace(
            loaded, config=loaded.config.model_copy(update={"stores": stores, "auth": auth})
        )


def data_folder(loaded: Loaded) -> Path:
    """Return the configured data folder; it need not exist."""
    return loaded.folder / loaded.config.stores.data_dir
