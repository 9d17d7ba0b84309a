import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.pii.address_tail import is_no_place, tail_end
from validators.pii.lexicon import Lexicon

LEXICON = Lexicon.shipped()
STREET = "Lundvägen 5"


def tail(rest: str) -> str:
    text = STREET + rest
    return text[len(STREET) : tail_end(text, len(STREET), LEXICON)]


@pytest.mark.parametrize(
    "rest",
    [
        ", 411 38 Göteborg",
        "\n411 38 Göteborg",
        ", 411 38 göteborg",
        " in 79100 Freiburg",
        ", 3. th., 8000 Aarhus C",
        " lgh 1102, 172 40 Sundbyberg",
        ", Springfield, IL 62704",
        ", springfield, il 62704",
        ", Leeds LS7 4QN",
        " leeds ls7 4qn",
        ", Dublin 1, D01 X2P4",
        ", 2º Esq, 4000-442 Porto",
        ", Bondi NSW 2026",
        ", Toronto ON M5S 1M2",
        ", 101 Reykjavík",
    ],
)
@pytest.mark.parametrize("after", ["", ". Order 4711 is late", " thanks", "\n\nRegards"])
def test_the_tail_reaches_to_the_town_and_no_further(rest: str, after: str) -> None:
    assert tail(rest + after) == rest


@pytest.mark.parametrize(
    "rest",
    [
        "",
        " please",
        ", order 4711",
        ". Order 4711",
        ", Invoice 99123",
        ", 12345 items",
        "\nCan you send it there",
        "\nAnna Lund",
        ", tel 12345",
        ", Rechnung 55667",
    ],
)
def test_what_is_no_place_stays_outside(rest: str) -> None:
    assert tail(rest) == ""


def test_military_addresses_end_with_their_code() -> None:
    assert tail(" DPO AE 99081 and more") == " DPO AE 99081"


def test_words_that_say_what_a_number_is_are_no_places() -> None:
    assert is_no_place(["Jönköping.", "Order"])
    assert not is_no_place(["Jönköping"])


@given(st.text(alphabet="aB1 ,.\n-äö", max_size=60))
def test_the_end_is_within_the_text_and_never_before_the_street_is_over(rest: str) -> None:
    text = STREET + rest
    assert len(STREET) <= tail_end(text, len(STREET), LEXICON) <= len(text)
