import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Origin, Passage
from policies.policy import Money
from validators.risk.account import account_amounts
from validators.risk.amounts import UNKNOWN_CURRENCY


def facts(text: str, origin: Origin = Origin.ACCOUNT) -> list[Passage]:
    return [Passage("account#0", "account", "Account facts", text, origin=origin)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order total: 59.9\norder currency: EUR", [Money(59.9, "EUR")]),
        ("order total: 120 EUR", [Money(120, "EUR")]),
        ("invoice amount: €1,250.00", [Money(1250, "EUR")]),
        ("refund value eur: 80", [Money(80, "EUR")]),
        (
            "orders price: 10\norders price: 250\ncurrency: SEK",
            [Money(10, "SEK"), Money(250, "SEK")],
        ),
        ("order total: 75", [Money(75, UNKNOWN_CURRENCY)]),
        ("a currency: EUR\nb currency: SEK\norder total: 75", [Money(75, UNKNOWN_CURRENCY)]),
        ("refund amount: -40\ncurrency: EUR", [Money(40, "EUR")]),
    ],
)
def test_sums_at_stake_are_read(text: str, expected: list[Money]) -> None:
    assert list(account_amounts(facts(text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "credit limit amount: 5000\ncurrency: EUR",
        "account balance: 900 EUR",
        "orders count: 12",
        "order number: 4711",
        "name: [PERSON_k7q2]",
        "payment due date: 2026-05-01",
        "order status: shipped",
        "",
    ],
)
def test_limits_balances_and_counts_are_not(text: str) -> None:
    assert account_amounts(facts(text)) == ()


def test_only_the_account_counts() -> None:
    assert account_amounts(facts("order total: 500 EUR", Origin.CONTEXT)) == ()


@given(st.text(max_size=300))
def test_any_facts_give_finite_amounts(text: str) -> None:
    assert all(m.value == m.value and m.value >= 0 for m in account_amounts(facts(text)))


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "SEK", "PLN"]))
def test_a_total_is_read_whatever_it_is(value: int, currency: str) -> None:
    text = f"order total: {value}\norder currency: {currency}"
    assert account_amounts(facts(text)) == (Money(value, currency),)
