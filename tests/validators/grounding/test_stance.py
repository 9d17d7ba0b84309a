"""Who acts, and what a rule is reserved to."""

import pytest

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.passages import split
from validators.grounding.reading import Reading
from validators.grounding.stance import actors, stance_features


def measured(claim: str, page: str, question: str = "") -> dict[str, float]:
    read, asked = Reading(claim), Reading(question)
    pool = Pool(split(Passage("1", "1", "Rules", page)))
    subject = Subject(read, read, asked, Reading(""), asked)
    return stance_features(subject, pool, align(subject, pool))


def test_the_company_does_not_do_what_the_customer_does() -> None:
    page = "If it is cancelled, you choose a refund or a ticket."
    assert measured("We choose a refund or a ticket.", page)["actor_verb"] == 1
    assert measured("You choose a refund or a ticket.", page)["actor_verb"] == 0


def test_whose_choice_it_is() -> None:
    page = "We choose the teacher."
    assert measured("The choice is yours.", page)["actor_verb"] == 1
    assert measured("The choice is ours.", page)["actor_verb"] == 0


def test_two_actors_of_one_verb_are_no_contradiction() -> None:
    page = "We pay the courier. You pay the duty."
    assert measured("You pay the courier.", page)["actor_verb"] == 1
    assert measured("You pay the duty.", page)["actor_verb"] == 0


@pytest.mark.parametrize(
    ("text", "who"),
    [("You will pay it.", "you"), ("We'll pay it.", "we"), ("I pay it.", "we"), ("They pay.", "")],
)
def test_actors_of_verbs(text: str, who: str) -> None:
    (pay,) = Reading("pay").concepts
    assert actors(text).get(pay, "") == who


def test_the_only_case_may_not_be_lost() -> None:
    page = "Remarking is possible on paper exams only."
    assert measured("Remarking is possible.", page)["only_lost"] > 0.3
    assert measured("Remarking is possible on paper exams.", page)["only_lost"] == 0
    assert measured("Remarking is possible.", page, "Paper exams?")["only_lost"] == 0
    assert measured("Remarking is not possible.", page)["only_lost"] == 0
