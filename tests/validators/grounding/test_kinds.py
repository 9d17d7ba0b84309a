import pytest

from validators.grounding.kinds import Value, comparable, derived, equal, excludes, opposed, side
from validators.grounding.values import values


def one(text: str) -> Value:
    (found,) = values(text)
    return found


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("two weeks", "14 days"),
        ("24 hours", "1 day"),
        ("fifty dollars", "$50.00"),
        ("a year or more, at least 12 months", "at least 1 year"),
        ("up to 5 business days", "3 to 5 business days"),
        ("25 %", "25 percent"),
        ("on a Tuesday", "Monday to Friday"),
        ("six cards", "6"),
    ],
)
def test_equal_values_in_other_words(claim: str, page: str) -> None:
    assert any(equal(a, b) for a in values(claim) for b in values(page))


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("5 days", "5 business days"),
        ("$50", "€50"),
        ("60 days", "30 days"),
        ("14 weeks", "14 days"),
        ("2 to 3 days", "3 to 5 days"),
        ("3 May 2025", "3 May 2026"),
        ("on Sunday", "Monday to Friday"),
    ],
)
def test_unequal_values(claim: str, page: str) -> None:
    assert not equal(one(claim), one(page))


def test_limits_on_opposite_sides_are_opposed() -> None:
    assert opposed(one("at least 5 days"), one("at most 5 days"))
    assert not opposed(one("within 5 days"), one("up to 5 days"))


def test_an_example_does_not_contradict_a_limit() -> None:
    assert not excludes(one("more than $100"), one("a $140 pair"))
    assert excludes(one("the fee is $5"), one("the fee is $6"))


def test_money_and_days_are_not_compared() -> None:
    assert not comparable(one("5 days"), one("$5"))


def test_values_follow_from_given_ones_only() -> None:
    rate, number, total = one("$3"), one("two extra"), one("$6")
    assert derived(total, [number], [rate])
    assert not derived(total, [], [rate, number])
    assert not derived(one("$7"), [number], [rate])


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("19 years old", "aged 21", -1),
        ("two weeks", "14 days", 0),
        ("six weeks", "60 days", -1),
        ("a claim of $60", "up to $50", 1),
        ("half a year ago, 6 months", "90 days", 1),
        ("30 days", "1 month", None),
        ("$5", "5%", None),
    ],
)
def test_tells_which_value_is_the_larger(ours: str, theirs: str, expected: int | None) -> None:
    assert side(values(ours)[-1], values(theirs)[-1]) == expected


def test_whole_weeks_may_make_up_months() -> None:
    weeks, half = values("for 26 weeks"), values("for six months")
    assert equal(weeks[0], half[0])
    assert equal(half[0], weeks[0])
    assert not equal(values("30 days")[0], values("one month")[0])


def test_only_at_least_and_at_most_are_opposed() -> None:
    least, most, after = (
        values(f"{bound} 30 days")[0] for bound in ("at least", "at most", "after")
    )
    assert opposed(least, most)
    assert not opposed(after, most)
    assert not opposed(most, most)


def test_a_sum_of_known_amounts_is_derived() -> None:
    known = values("It is $29, each further person $2.50, a part $140, a fee $235.")
    total, odd = values("It comes to $375 and $377.")
    assert derived(total, (), known)
    assert not derived(odd, (), known)
    assert derived(values("$39")[0], values("For 4 people?"), known)
