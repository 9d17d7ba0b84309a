"""Which stored question asks the same as this one?

Exact on the normalised question first; then the entries of the same form, each of which must
pass the comparison of what the two questions ask.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cache.base import CacheEntry, CacheKey, CacheStore


class Questions(Protocol):
    """Compares what questions ask. Blocking, well below a millisecond."""

    def forms(self, question: str) -> Sequence[str]:
        """Return what all questions that may ask the same have in common; () if unknown."""
        ...

    def difference(self, known: str, asked: str) -> str | None:
        """Return in what two questions differ, in a word; None if they ask the same."""
        ...


Usable = Callable[[CacheEntry], bool]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that answers the question."""

    entry: CacheEntry
    kind: str
    """`exact` or `fuzzy`."""


def find_match(
    store: CacheStore,
    key: CacheKey,
    question: str,
    questions: Questions | None,
    usable: Usable = lambda _: True,
) -> Match | None:
    """Return the entry whose answer may be given, or None. Blocking. Raises `StoreError`.

    `usable` has the last word on each entry.
    """
    exact = store.get(key.digest())
    if exact is not None and usable(exact):
        return Match(exact, "exact")
    if questions is None:
        return None
    seen: set[str] = set()
    for form in questions.forms(question):
        for entry in store.alike(key.form_digest(form)):
            if entry.id in seen:
                continue
            seen.add(entry.id)
            if questions.difference(entry.question, question) is None and usable(entry):
                return Match(entry, "fuzzy")
    return None


def form_digests(key: CacheKey, question: str, questions: Questions | None) -> tuple[str, ...]:
    """Return under which forms an answer to this question is stored."""
    if questions is None:
        return ()
    return tuple(key.form_digest(form) for form in questions.forms(question))
