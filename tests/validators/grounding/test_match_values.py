from policies.knowledge import Origin, Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.match_values import ValueMatch, match_values, value_features
from validators.grounding.passages import split
from validators.grounding.reading import Reading


def matched(
    claim: str, page: str, question: str = "", origin: Origin = Origin.KNOWLEDGE
) -> list[ValueMatch]:
    read, asked = Reading(claim), Reading(question)
    pool = Pool(split(Passage("1", "1", "Limits", page, origin=origin)))
    subject = Subject(read, read, asked, Reading(""), asked)
    return match_values(subject, pool, align(subject, pool))


def test_another_value_in_the_same_place_is_a_rival() -> None:
    (found,) = matched("Returns are accepted within 60 days.", "Returns within 30 days.")
    assert (found.agreeing, found.plain) == (0.0, True)
    assert found.rival > 0
    assert found.rival_value is not None
    assert found.rival_value.low == 30
    assert value_features([found])["value_missing"] == 1


def test_an_equal_value_agrees() -> None:
    (found,) = matched("Return it within two weeks.", "Return within 14 days.")
    assert found.agreeing > 0
    assert value_features([found])["value_all_found"] == 1


def test_swapped_values_are_seen() -> None:
    page = "- Per transfer cap: you can send up to $1,250\n- Daily cap: the total is $3,000 per day"
    good = matched("The transfer cap is $1,250, the daily total is $3,000.", page)
    bad = matched("The transfer cap is $3,000, the daily total is $1,250.", page)
    assert value_features(good)["value_crossed"] == 0
    assert value_features(bad)["value_crossed"] > 0


def test_a_customers_own_number_is_not_checked_until_it_becomes_a_limit() -> None:
    assert matched("Your order of $80 qualifies.", "Orders over $50.", "I spent $80, ok?") == []
    assert matched("Return within 60 days.", "Return within 30 days.", "After 60 days?")


def test_arithmetic_on_the_customers_number_is_derived() -> None:
    found = matched("You get $50 back and $12 is not covered.", "Up to $50.", "I paid $62.")
    assert [v.derived for v in found if not v.agreeing] == [True]


def test_a_value_of_the_account_alone_is_private() -> None:
    (found,) = matched("Your balance is $7.", "balance: $7", origin=Origin.ACCOUNT)
    assert found.private
