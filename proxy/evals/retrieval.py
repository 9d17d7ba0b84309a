"""Retrieval: is the page that decides among the first passages?"""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from proxy.evals.base import Figures, rounded
from proxy.evals.metrics import median, ratio
from validators.base import KnowledgeBase
from validators.knowledge.passages import split_sentences

FIRST: Final = 5
"""Passages that are looked at."""


class Asked(Protocol):
    """A labelled answer, as far as retrieval is concerned."""

    @property
    def question(self) -> str:
        """What the customer asked; may be empty."""
        ...

    @property
    def answer(self) -> str:
        """What was answered."""
        ...

    @property
    def doc_ids(self) -> Sequence[str] | None:
        """The pages that decide; None if unknown."""
        ...


def recall(
    cases: Sequence[Asked],
    knowledge: KnowledgeBase,
    clock: Callable[[], float] = time.perf_counter,
) -> Figures:
    """Return the share of deciding pages among the first five passages.

    Three queries are tried: the question alone (looked up before an answer exists), the
    question with each sentence (looked up by the grounding check), and the question with
    the whole answer. Lines without `doc_ids` are left out. Milliseconds are medians of
    wall time per search.
    """
    known = [case for case in cases if case.doc_ids]
    figures: Figures = {"n": len(known), "first": FIRST}
    for name, queries in _QUERIES.items():
        shares: list[float] = []
        times: list[float] = []
        for case in known:
            for query in queries(case):
                started = clock()
                found = knowledge.search(query, limit=FIRST)
                times.append((clock() - started) * 1000)
                shares.append(_share({p.source_id for p in found}, case.doc_ids or ()))
        figures[name] = {
            "queries": len(shares),
            "recall_at_5": rounded(ratio(sum(shares), len(shares))),
            "ms_per_search": rounded(median(times)),
        }
    return figures


def _share(found: set[str], wanted: Sequence[str]) -> float:
    return len(found.intersection(wanted)) / len(set(wanted))


def _with_sentences(case: Asked) -> list[str]:
    return [_joined(case.question, sentence) for sentence in split_sentences(case.answer)]


def _joined(*texts: str) -> str:
    return " ".join(filter(None, texts))


_QUERIES: Final[dict[str, Callable[[Asked], list[str]]]] = {
    "question": lambda case: [case.question] if case.question else [],
    "question_and_sentence": _with_sentences,
    "question_and_answer": lambda case: [_joined(case.question, case.answer)],
}
