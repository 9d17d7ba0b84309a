from collections.abc import Mapping, Sequence
from itertools import count

from policies.knowledge import NO_SCOPE, Passage
from proxy.evals.grounding import Case
from proxy.evals.retrieval import FIRST, recall


class Scripted:
    """Finds given pages for given queries."""

    revision = ""

    def __init__(self, pages: Mapping[str, Sequence[str]]) -> None:
        self._pages = pages
        self.asked: list[tuple[str, int]] = []

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        del scope
        self.asked.append((query, limit))
        found = self._pages.get(query, ())
        return [Passage(f"{n}#{i}", n, "", "") for i, n in enumerate(found)][:limit]

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        del source_ids
        return ()


def case(question: str, answer: str, *doc_ids: str) -> Case:
    return Case(answer=answer, supported=True, question=question, doc_ids=doc_ids or None)


def test_recall_is_the_share_of_deciding_pages() -> None:
    knowledge = Scripted(
        {
            "Q": ["a", "x"],
            "Q One.": ["b", "a"],
            "Q Two.": ["x"],
            "Q One. Two.": ["x", "a", "x", "x", "b"],
        }
    )
    ticks = count(step=0.002)
    figures = recall([case("Q", "One. Two.", "a", "b")], knowledge, lambda: next(ticks))
    assert figures == {
        "n": 1,
        "first": 5,
        "question": {"queries": 1, "recall_at_5": 0.5, "ms_per_search": 2.0},
        "question_and_sentence": {"queries": 2, "recall_at_5": 0.5, "ms_per_search": 2.0},
        "question_and_answer": {"queries": 1, "recall_at_5": 1.0, "ms_per_search": 2.0},
    }
    assert {limit for _, limit in knowledge.asked} == {FIRST}


def test_the_sixth_passage_does_not_count() -> None:
    knowledge = Scripted({"Q": ["x", "x", "x", "x", "x", "a"]})
    assert recall([case("Q", "", "a")], knowledge)["question"]["recall_at_5"] == 0


def test_lines_that_name_no_page_or_ask_nothing_are_left_out() -> None:
    knowledge = Scripted({"One.": ["a"]})
    figures = recall([case("Q", "One."), case("", "One.", "a")], knowledge)
    assert figures["n"] == 1
    assert figures["question"] == {"queries": 0, "recall_at_5": None, "ms_per_search": None}
    assert figures["question_and_answer"]["recall_at_5"] == 1.0
