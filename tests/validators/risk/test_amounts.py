import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.policy import Money
from validators.risk.amounts import UNKNOWN_CURRENCY, amounts


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1.234,56 €", 1234.56, "EUR"),
        ("€1,234.56", 1234.56, "EUR"),
        ("1 234,56 SEK", 1234.56, "SEK"),
        ("1'234.50 CHF", 1234.5, "CHF"),
        ("1.500 euros", 1500, "EUR"),
        ("12.5 euro", 12.5, "EUR"),
        ("EUR 20", 20, "EUR"),
        ("eur20", 20, "EUR"),
        ("20EUR", 20, "EUR"),
        ("200 quid", 200, "GBP"),
        ("US$ 50", 50, "USD"),
        ("A$50", 50, "AUD"),
        ("50 bucks", 50, "USD"),
        ("100,- kr", 100, "SEK"),
        ("12 zl too little", 12, "PLN"),
        ("1,5k euros", 1500, "EUR"),
        ("£5m", 5e6, "GBP"),
        ("2 hundred dollars", 200, "USD"),
        ("two hundred euros", 200, "EUR"),
        ("Fifty-five pounds", 55, "GBP"),
        ("a hundred quid", 100, "GBP"),
        ("one thousand two hundred and fifty dollars", 1250, "USD"),
        ("a 100-euro voucher", 100, "EUR"),
        ("2 grand", 2000, UNKNOWN_CURRENCY),
        ("half a grand", 500, UNKNOWN_CURRENCY),
        ("5 TRY", 5, "TRY"),
    ],
)
def test_reads_one_amount(text: str, value: float, currency: str) -> None:
    assert amounts(f"I want {text} back") == (Money(value, currency),)


@pytest.mark.parametrize(
    "text",
    [
        "order 12345",
        "3.95 fee",
        "iPhone 15",
        "try 5 times",
        "30 days",
        "on 12.05.2024",
        "it weighs 20 pounds",
        "[CREDIT_CARD_k7q2]",
        "one of them",
        "the euro",
        "",
    ],
)
def test_a_bare_number_is_not_money(text: str) -> None:
    assert amounts(text) == ()


def test_several_amounts_keep_their_order() -> None:
    assert amounts("paid €100, got $20 and 5 pounds") == (
        Money(100.0, "EUR"),
        Money(20.0, "USD"),
        Money(5.0, "GBP"),
    )


def test_a_number_before_an_amount_is_not_part_of_it() -> None:
    assert amounts("order 12345 100 EUR") == (Money(100.0, "EUR"),)


@given(
    st.integers(0, 99_999_999),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("", "."), ("", ",")]),
    st.sampled_from([("€{}", "EUR"), ("{} €", "EUR"), ("{} quid", "GBP"), ("SEK {}", "SEK")]),
)
@settings(max_examples=80)
def test_every_way_of_writing_means_the_same(
    cents: int, marks: tuple[str, str], form: tuple[str, str]
) -> None:
    group, decimal = marks
    whole = f"{cents // 100:,}".replace(",", group)
    text = form[0].format(f"{whole}{decimal}{cents % 100:02d}")
    assert amounts(text) == (Money(cents / 100, form[1]),)


@given(st.text(alphabet="0123456789.,' -€$£kreuroand hundred", max_size=80))
@settings(max_examples=80)
def test_any_text_gives_sound_amounts(text: str) -> None:
    for money in amounts(text):
        assert money.value >= 0
        assert len(money.currency) == 3
