from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.policy import Money, Risk, Texts

TEXTS = Texts({"en": "Hello", "de": "Hallo", "pt-BR": "Oi", "zh_Hant": "您好"})


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "Hello"),
        ("de", "Hallo"),
        ("DE", "Hallo"),
        ("de-AT", "Hallo"),
        ("de_DE.UTF-8", "Hallo"),
        ("de-Latn-AT-1996", "Hallo"),
        (" de ", "Hallo"),
        ("pt-BR", "Oi"),
        ("pt_br", "Oi"),
        ("pt", "Hello"),
        ("zh-Hant-TW", "您好"),
        ("den", "Hello"),
        ("fr", "Hello"),
        ("-", "Hello"),
        ("", "Hello"),
        (None, "Hello"),
    ],
)
def test_a_text_is_picked_by_language(locale: str | None, expected: str) -> None:
    assert TEXTS.pick(locale) == expected


@given(st.none() | st.text())
def test_every_locale_gets_one_of_the_texts(locale: str | None) -> None:
    assert TEXTS.pick(locale) in TEXTS.by_locale.values()


def test_without_any_text_there_is_none() -> None:
    assert Texts({}).pick("en") == ""


def test_an_unknown_intent_follows_the_defaults(make: Any) -> None:
    policy = make.policy()
    assert policy.rule("refund").name == "refund"
    for intent in (None, "", "Refund", "other"):
        assert policy.rule(intent) is policy.fallback


def test_money_is_converted_only_at_a_configured_rate(make: Any) -> None:
    policy = make.policy(rates={"SEK": 0.1})
    assert policy.in_base(Money(5, "EUR")) == 5
    assert policy.in_base(Money(50, "SEK")) == pytest.approx(5)
    assert policy.in_base(Money(5, "USD")) is None
    assert policy.in_base(Money(5, "sek")) is None


def test_risk_labels_are_those_of_the_public_contract() -> None:
    assert " ".join(Risk) == (
        "legal_threat regulator_complaint self_harm fraud_claim hardship asks_for_human "
        "account_closure vulnerable_customer angry"
    )
