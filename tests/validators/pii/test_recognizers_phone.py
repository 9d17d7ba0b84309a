import pytest

from validators.pii.recognizers_phone import find_phones

REGIONS = ("US", "GB", "DE", "SE", "NO", "DK", "PL", "ES", "FR")


def found(text: str, regions: tuple[str, ...] = REGIONS) -> list[str]:
    return [text[s.start : s.end] for s in find_phones(text, regions)]


@pytest.mark.parametrize(
    "number",
    [
        "+46 70 174 06 05",
        "+1 (212) 555-0123",
        "0046701740605",
        "(212) 736-5000",
        "070-174 06 05",
        "030/901820",
        "512 345 678",
        "01 42 68 53 00",
    ],
)
def test_numbers_of_the_markets_stand_alone(number: str) -> None:
    assert found(f"Hello, {number} thanks") == [number]


@pytest.mark.parametrize("number", ["33 93 31", "259.735.7502x459", "9498777106"])
def test_after_words_for_calling_less_is_enough(number: str) -> None:
    assert found(f"please call me on {number}") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "order 70123456789",
        "order number 512 345 678",
        "on 2024-05-17 10:30",
        "EUR 1 200 300",
        "my card number is 4111 1111 1111 1112",
        "TP-482913",
        "within 30 days",
        "70123456789",
        "Bestellung 2024-118822",
        "articles 502.847.13 and 803.921.44",
        "sizes 120 / 90 / 60",
        "(until 2026-01-31).\n2",
    ],
)
def test_other_numbers(text: str) -> None:
    assert found(text) == []


def test_only_the_configured_markets_count() -> None:
    assert found("Hello, 512 345 678", ("PL",))
    assert not found("Hello, 512 345 678", ("US",))
