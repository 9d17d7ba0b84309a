from validators.grounding.reading import Reading
from validators.grounding.words import concept_of


def sign(text: str, word: str) -> int:
    return Reading(text).polarity[concept_of(word)[0]]


def test_polarity_follows_negators_and_opposites() -> None:
    assert sign("Sale items can be returned.", "returned") == 1
    assert sign("Sale items cannot be returned.", "returned") == 2
    assert sign("Shipping is excluded.", "included") == 2
    assert sign("Shipping is not excluded.", "included") == 1


def test_a_negation_ends_with_its_clause() -> None:
    assert sign("We do not charge you, but banks refund slowly.", "refund") == 1


def test_free_of_charge_and_a_waived_fee_deny_the_fee() -> None:
    assert sign("It is replaced free of charge.", "fee") == 2
    assert sign("The fee is waived.", "fee") == 2
    assert sign("Annual fee: $0.00", "fee") == 2
    assert sign("It is replaced for a fee.", "fee") == 1


def test_an_opening_no_is_not_part_of_the_statement() -> None:
    assert sign("No, you can return it.", "return") == 1


def test_near_words_are_those_of_the_same_part() -> None:
    reading = Reading("Standard delivery takes 3 days, express delivery 1 day.")
    first, second = reading.near
    assert concept_of("express")[0] not in first
    assert concept_of("express")[0] in second


def test_names_are_capitalised_words_inside() -> None:
    assert Reading("With Silver Plus you pay less.").names == {"silver", "plus"}


def test_conditions_are_found() -> None:
    (found,) = Reading("It is free if you are a gold member.").conditions
    assert "gold" in found
