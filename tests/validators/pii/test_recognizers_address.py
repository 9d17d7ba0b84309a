import pytest

from validators.pii.recognizers_address import find_addresses
from validators.pii.spans import resolve


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in resolve(find_addresses(text))]


@pytest.mark.parametrize(
    "address",
    [
        "17 High St, Leeds LS1 4AB",
        "Flat 4, 22 Baker Street, London NW1 6XE",
        "1600 Amphitheatre Parkway",
        "Storgatan 5 lgh 1102, 852 30 Sundsvall",
        "Hauptstraße 12a, 10115 Berlin",
        "Am Markt 3, 20095 Hamburg",
        "Mannerheimintie 5",
        "Karl Johans gate 22",
        "5 avenue Foch, 69006 Lyon",
        "18 bis boulevard Voltaire, 75011 Paris",
        "Corso Francia 22, 10143 Torino",
        "ul. Marszałkowska 10, 00-590 Warszawa",
        "Calle Mayor 7",
        "Polna 8 m. 2, 00-590 Warszawa",
        "Keizersgracht 100",
        "PO Box 149",
        "Unit 7349 Box 6067 DPO AE 99081",
    ],
)
def test_addresses_of_several_countries_are_found_whole(address: str) -> None:
    assert found(f"please send it to {address}.") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "within 30 days of the order",
        "shipping to Denver or Sweden",
        "during 2024 we opened 3 shops",
        "I have 3 items in my cart and 2 in the way",
        "a table for 7 people in st louis",
        "the fee is EUR 50",
        "order TP-482913",
        "it closes 5 minutes before the place opens",
        "In Spring 2024 prices rose",
    ],
)
def test_plain_text_has_no_address(text: str) -> None:
    assert found(text) == []
