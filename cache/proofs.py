"""What an answer rests on, so that it dies when that changes and only then. Pure.

A proof is `page#hash`: the page's id and the hash of the passage that was quoted, or of the
whole page where the quote can't be found in one passage.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policies.knowledge import Passage, applies

_CUT = "…"


def sources(claims: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the ids of all pages that claims name as evidence, in order, once each."""
    return tuple(dict.fromkeys(source for source, _ in _quotes(claims)))


def proofs(claims: Iterable[Mapping[str, Any]], pages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the proofs of an answer's claims; `pages` holds all passages of their pages.

    Empty if any evidence can't be found: such an answer has nothing that could be checked.
    """
    found: list[str] = []
    for source, quote in _quotes(claims):
        page = [passage for passage in pages if passage.source_id == source]
        if not page:
            return ()
        holding = [passage for passage in page if quote and quote in _plain(passage.text)]
        found.append(f"{source}#{_hash(holding[:1] or page)}")
    return tuple(dict.fromkeys(found))


def page_of(proof: str) -> str:
    """Return the id of the page that a proof names."""
    return proof.rpartition("#")[0]


def hold(known: Sequence[str], pages: Sequence[Passage], scope: Mapping[str, str]) -> bool:
    """Tell whether all proofs still stand in `pages`, for a request of this scope."""
    standing: set[str] = set()
    by_page: dict[str, list[Passage]] = {}
    for passage in pages:
        if applies(passage.scope, scope):
            by_page.setdefault(passage.source_id, []).append(passage)
            standing.add(f"{passage.source_id}#{_hash([passage])}")
    standing.update(f"{source}#{_hash(page)}" for source, page in by_page.items())
    return bool(known) and standing.issuperset(known)


def _quotes(claims: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for claim in claims:
        for evidence in claim.get("evidence") or ():
            quote = _plain(str(evidence.get("quote", "")).removesuffix(_CUT))
            yield str(evidence.get("source_id", "")), quote


def _plain(text: str) -> str:
    return " ".join(text.split())


def _hash(passages: Sequence[Passage]) -> str:
    """Hash what a reader sees, and who may read it."""
    parts = [
        part
        for passage in passages
        for part in (passage.title, *passage.headings, passage.text, passage.audience.value)
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
