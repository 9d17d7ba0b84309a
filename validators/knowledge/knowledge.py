"""The knowledge base over the lexical index."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from policies.knowledge import NO_SCOPE, Passage
from validators.knowledge.index import LexicalIndex
from validators.knowledge.page import Page
from validators.knowledge.parse import parse_sources
from validators.knowledge.passages import split_page
from validators.knowledge.vocabulary import recurring_names


class LexicalKnowledge:
    """One immutable snapshot of the pages: a `validators.base.KnowledgeBase`."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Split and index the pages. Takes seconds for large collections."""
        ordered = sorted(pages, key=lambda page: page.id)
        self._titles = tuple(page.title for page in ordered)
        self._by_page = {page.id: tuple(split_page(page)) for page in ordered}
        self._passages = tuple(p for group in self._by_page.values() for p in group)
        self._index = LexicalIndex(self._passages)
        digests = "\n".join(page.digest for page in ordered)
        self._revision = hashlib.sha256(digests.encode()).hexdigest()

    @property
    def revision(self) -> str:
        """SHA-256 of the pages, whatever the order and age of their files."""
        return self._revision

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return len(self._by_page)

    def __len__(self) -> int:
        """Return the number of passages; an empty knowledge base supports no claim."""
        return len(self._passages)

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> tuple[Passage, ...]:
        """Return the best passages for any text, best first, internal ones too."""
        return self._index.search(query, scope=scope, limit=limit)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, page by page; `ranked` gives their positions here."""
        return self._passages

    def ranked(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> list[tuple[int, float]]:
        """Search as `search` does; return positions in `passages` with their scores."""
        return self._index.ranked(query, scope=scope, limit=limit)

    def pages(self, source_ids: Sequence[str]) -> tuple[Passage, ...]:
        """Return all passages of the given pages in that order; unknown ids have none."""
        wanted = dict.fromkeys(source_ids)
        return tuple(passage for id_ in wanted for passage in self._by_page.get(id_, ()))

    def page_ids(self) -> tuple[str, ...]:
        """Return the ids of all pages, sorted."""
        return tuple(self._by_page)

    def vocabulary(self) -> frozenset[str]:
        """Return the product names and other phrases that recur in titles."""
        return recurring_names(self._titles)


def load_knowledge(
    base: Path, sources: Sequence[str], *, internal_titles: Sequence[str] = ()
) -> LexicalKnowledge:
    """Read and index what the glob patterns in `sources` name; see `parse_sources`.

    No sources make an empty knowledge base. Raises `KnowledgeError` with all problems.
    """
    return LexicalKnowledge(parse_sources(base, sources, internal_titles=internal_titles))
