import pytest

from validators.pii.lexicon import Lexicon
from validators.pii.recognizers_address import find_addresses
from validators.pii.spans import resolve

LEXICON = Lexicon.shipped()


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in resolve(find_addresses(text, LEXICON))]


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
        "Seestrasse 5a, 8002 Zürich",
        "Neubaugasse 14/2/7, 1070 Wien",
        "Rua Augusta 123, 1100-053 Lisboa",
        "Chaussée de Wavre 310, 1040 Bruxelles",
        "Nørregade 12, 2. tv, 1165 København K",
        "Strandgaten 5, 5013 Bergen",
        "Váci utca 19, 1052 Budapest",
        "Na Příkopě 14, 110 00 Praha 1",
        "Atatürk Cad. No: 45/3, 34387 Beşiktaş",
        "14 O'Connell Street Upper, Dublin 1, D01 X2P4",
        "350 W 42nd St, New York, NY 10036",
        "Unit 6, Riverside Business Park, 40 Canal Way, Bristol BS1 5TY",
        "Elm Cottage, 4 Mill Lane, Bath BA1 7QT",
        "Törneby 2, 388 31 Ljungbyholm",
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


@pytest.mark.parametrize(
    "address",
    [
        "12 Wren Close, Leeds LS7 4QN",
        "Storgatan 14 b, 411 38 Göteborg",
        "Lindenstr. 7a, 50674 Köln",
        "27 rue des Lilas, 69003 Lyon",
        "Karl Johans gate 31, 0162 Oslo",
        "Hämeenkatu 10 B 3, 33100 Tampere",
        "Calle Mayor 15, 28013 Madrid",
        "Mariahilfer Straße 103, 1060 Wien",
        "742 Evergreen Terrace, Springfield, IL 62704",
    ],
)
def test_lower_case_and_several_lines_change_nothing(address: str) -> None:
    for written in (address.lower(), address.replace(", ", "\n"), address.upper()):
        assert found(f"send it to {written}") == [written]
        assert found(f"to {written}. Order 4711 is late") == [written]


@pytest.mark.parametrize(
    "text", ["paid 000 via EveryonePay", "from 2025 TO 11", "12 route options", "3 place settings"]
)
def test_numbers_beside_words_for_streets_are_no_addresses(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Open one between November 1, 2025 and February 28, 2026 pay no fee.",
        "It ran from October 1, 2025 through March 31, 2026, and asked for much.",
    ],
)
def test_a_date_and_its_year_are_no_house_number_and_postcode(text: str) -> None:
    assert found(text) == []
