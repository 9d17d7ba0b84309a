from collections.abc import Callable, Sequence
from typing import Any

import pytest

from validators.grounding.passages import Unit
from validators.grounding.reading import Reading
from validators.knowledge.lint.names import Names
from validators.knowledge.lint.statements import read_units
from validators.knowledge.page import Page

Make = Callable[..., Page]


@pytest.fixture
def units(make_page: Make) -> Callable[..., Sequence[Unit]]:
    def units_(title: str, text: str, **fields: Any) -> Sequence[Unit]:
        return read_units(make_page(title, text, **fields))

    return units_


def test_names_are_learnt_from_capitals_inside_of_sentences(units: Any) -> None:
    names = Names(
        [
            units("Harlow Card", "The fee of the Harlow card is low. Your Harlow is here."),
            units("Selby Card", "The fee of the Selby card is low. Pay by card."),
        ]
    )
    assert names.subjects([Reading("Fees of Harlow")]) == {"harlow"}
    assert names.of([Reading("the fee for Selby")]) == {"selbi"}
    assert names.of([Reading("Fees of the Card")]) == frozenset()


def test_a_number_belongs_to_the_name_before_it(units: Any) -> None:
    names = Names(
        [
            units("Tresco 2", "The tent Tresco 2 sleeps two."),
            units("Tresco 3", "The tent Tresco 3 sleeps three. It costs 3 EUR."),
        ]
    )
    assert names.subject_of("Tresco 2") != names.subject_of("Tresco 3")
    assert [text for text, _ in names.spans(Reading("A Tresco 3 weighs 4 kg"))] == ["3"]


def test_a_page_without_a_name_in_its_title_takes_it_from_its_id(units: Any) -> None:
    titled = units("Harlow card", "The fee of the Harlow card is low.")
    filed = units("Late fees", "It costs 5 EUR.", id_="help/harlow_card/late-fees")
    names = Names([titled, filed])
    assert names.subject_of("help/harlow_card/late-fees") == {"harlow"}


def test_products_whose_names_share_words_differ(units: Any) -> None:
    pages = [
        units(
            f"{kind}{name} Card: {topic}", f"The {name} card is yours.", id_=f"{kind}{name}{topic}"
        )
        for kind in ("", "Business ")
        for name in ("Arden", "Selby", "Corran", "Lumet")
        for topic in ("Fees", "Limits")
    ]
    names = Names(pages)
    private = names.product(Reading("Arden Card: Fees"))
    business = names.product(Reading("Business Arden Card: Fees"))
    assert private
    assert not names.same_product(private, business)
    assert not names.same_product(private, names.product(Reading("Selby Card: Fees")))
    assert names.same_product(private, frozenset({"arden"}))
    assert names.same_product(private, frozenset())


def test_terms_written_in_capitals_are_no_subjects(units: Any) -> None:
    names = Names([units("APR", "The APR is 5%. Your APR is fixed."), units("Fees", "No APR.")])
    assert names.subjects([Reading("The APR")]) == frozenset()
