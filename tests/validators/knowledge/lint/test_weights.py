from validators.grounding.words import concept_of
from validators.knowledge.lint.weights import Weights


def test_rare_words_weigh_more_and_joining_words_little() -> None:
    found = [frozenset({"refund"})] * 9 + [frozenset({"bumper"})]
    weigh = Weights(found)
    assert weigh("bumper") > weigh("refund") > weigh(concept_of("provide")[0])
    assert weigh("never seen") == 1.0
    assert weigh.sum(["refund", "refund"]) == 2 * weigh("refund")


def test_no_pages() -> None:
    assert 0 < Weights([])("refund") <= 1
