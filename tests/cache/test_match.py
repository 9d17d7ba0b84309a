from collections.abc import Sequence

import pytest

from cache.base import CacheEntry, CacheKey
from cache.match import Questions, find_match, form_digests
from cache.memory import MemoryCacheStore
from cache.normalise import normalise


class Words:
    """Questions of the same words have one form; they differ if a word's place does."""

    def forms(self, question: str) -> Sequence[str]:
        return (" ".join(sorted(question.split())),)

    def difference(self, known: str, asked: str) -> str | None:
        return None if known.split(maxsplit=1)[0] == asked.split(maxsplit=1)[0] else "order"


def key(question: str, tenant: str = "acme") -> CacheKey:
    return CacheKey(tenant, "p", "", "en", "{}", "customer", "", "bot", "", normalise(question))


def stored(question: str) -> MemoryCacheStore:
    store = MemoryCacheStore(clock=lambda: 0.0)
    entry = CacheEntry("e1", "acme", question, "yes", 0.9, 0.0)
    store.put(key(question).digest(), entry, 60, form_digests(key(question), question, Words()))
    return store


@pytest.mark.parametrize(
    ("question", "questions", "kind"),
    [
        ("a b c", Words(), "exact"),
        ("A b c?", None, "exact"),
        ("a c b", Words(), "fuzzy"),
        ("a c b", None, None),
        ("c b a", Words(), None),
        ("a b d", Words(), None),
    ],
)
def test_exact_first_then_what_asks_the_same(
    question: str, questions: Questions | None, kind: str | None
) -> None:
    match = find_match(stored("a b c"), key(question), question, questions)
    assert (None if match is None else match.kind) == kind


def test_another_tenant_finds_nothing() -> None:
    assert find_match(stored("a b c"), key("a c b", "other"), "a c b", Words()) is None


def test_the_caller_has_the_last_word() -> None:
    asked: list[str] = []

    def never(entry: CacheEntry) -> bool:
        asked.append(entry.id)
        return False

    for question in ("a b c", "a c b"):
        assert find_match(stored("a b c"), key(question), question, Words(), never) is None
    assert set(asked) == {"e1"}


def test_without_a_comparison_there_are_no_forms() -> None:
    assert form_digests(key("a"), "a", None) == ()
