from collections.abc import Callable, Iterable

import pytest

from validators.base import PiiSpan
from validators.pii.recognizers_numbers import (
    find_cards,
    find_ibans,
    find_ip_addresses,
    find_ssns,
)

Find = Callable[[str], Iterable[PiiSpan]]


def found(find: Find, text: str) -> list[str]:
    return [text[s.start : s.end] for s in find(text)]


@pytest.mark.parametrize(
    "card",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111  1111  1111  1111",
        "4111\n1111\n1111\n1111",
        "4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
        "3782 822463 10005",
        "5555555555554444",
    ],
)
def test_cards_in_any_grouping(card: str) -> None:
    assert found(find_cards, f"my card {card} was charged") == [card]


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "00340434161094042557", "order 411111111111", "1234567890123456789012"],
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    assert found(find_cards, text) == []


def test_a_card_followed_by_its_code_is_found() -> None:
    assert found(find_cards, "4111 1111 1111 1111 123") == ["4111 1111 1111 1111"]


@pytest.mark.parametrize(
    "code",
    [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "de89370400440532013000",
        "DE89-3704-0044-0532-0130-00",
        "GB82 WEST 1234 5698 7654 32",
    ],
)
@pytest.mark.parametrize("after", ["", " please", ", thanks", " is mine"])
def test_ibans_with_words_behind(code: str, after: str) -> None:
    assert found(find_ibans, f"to {code}{after}") == [code]


@pytest.mark.parametrize(
    "text", ["DE89370400440532013001", "XX89370400440532013000", "RF18539007547034"]
)
def test_wrong_ibans(text: str) -> None:
    assert found(find_ibans, text) == []


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::1", "fe80:0:0:0:1:2:3:4"])
def test_ip_addresses(address: str) -> None:
    assert found(find_ip_addresses, f"from {address}, blocked") == [address]


@pytest.mark.parametrize(
    "text", ["version 1.2.3.4", "10:30:00", "24.11.2.4471", "300.1.1.1", "a::b::c"]
)
def test_other_dotted_numbers(text: str) -> None:
    assert found(find_ip_addresses, text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SSN 536-90-4399", "536-90-4399"),
        ("it is 536 90 4399.", "536 90 4399"),
        ("my social security number is 536904399", "536904399"),
    ],
)
def test_social_security_numbers(text: str, value: str) -> None:
    assert value in found(find_ssns, text)


@pytest.mark.parametrize(
    "text", ["666-12-3456", "900-12-3456", "error code 500-12-3344", "536904399"]
)
def test_no_social_security_numbers(text: str) -> None:
    assert found(find_ssns, text) == []


@pytest.mark.parametrize("gap", ["-", " ", ".", "  ", "\n", "-\n", "\u00a0"])
def test_social_security_numbers_in_any_spacing(gap: str) -> None:
    number = gap.join(("536", "90", "4399"))
    assert number in found(find_ssns, f"my ssn is {number} thanks")


def test_a_french_number_is_no_card_and_a_word_before_digits_no_iban() -> None:
    assert found(find_cards, "2 55 08 14 168 025 38") == []
    assert found(find_ibans, "my number is 2720 1045 3952 2982 and 2 more") == []
