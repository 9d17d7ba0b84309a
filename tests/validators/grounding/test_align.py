import pytest

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.passages import split
from validators.grounding.reading import Reading

BLUE = Passage("1", "blue", "Blue Account fees", "The monthly fee is $5.")
GOLD = Passage("2", "gold", "Gold Account fees", "The monthly fee is $9.")


def subject(claim: str, question: str = "") -> Subject:
    read, asked, none = Reading(claim), Reading(question), Reading("")
    return Subject(read, read, asked, none, asked)


def test_the_page_of_the_product_in_question_comes_first() -> None:
    pool = Pool([*split(BLUE), *split(GOLD)])
    best = align(subject("The fee is $5 a month.", "What does Gold cost?"), pool)[0]
    assert best.unit.passage is GOLD


def test_nothing_in_common_gives_no_match() -> None:
    assert align(subject("Elephants swim."), Pool(split(BLUE))) == []


def test_an_empty_pool_is_fine() -> None:
    assert align(subject("The fee is $5."), Pool([])) == []


def test_rare_words_weigh_more() -> None:
    pool = Pool([*split(BLUE), *split(GOLD)])
    assert pool.weight("blu") > pool.weight("fee")
    assert pool.share(frozenset(), frozenset()) == pytest.approx(1.0)
