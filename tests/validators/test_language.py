from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.foreign import WORDS
from validators.language import CODES, UNKNOWN, detect, of_conversation
from validators.language_words import SAID


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is my order? It should have been here on Monday.", "en"),
        ("i want my money back and i want it now", "en"),
        ("Ich habe meine Bestellung noch nicht bekommen.", "de"),
        ("Wo bleibt mein Paket?", "de"),
        ("Jag har inte fått mitt paket ännu.", "sv"),
        ("Quiero devolver el pedido que recibí ayer.", "es"),
        ("Je n'ai pas reçu mon colis.", "fr"),
        ("Nie dostałem jeszcze mojej paczki, gdzie ona jest?", "pl"),
        ("Non ho ancora ricevuto il mio ordine.", "it"),
        ("Ik heb mijn bestelling nog niet ontvangen.", "nl"),
        ("Ainda não recebi a minha encomenda.", "pt"),
        ("Где мой заказ?", UNKNOWN),
        ("私の注文はどこですか", "ja"),
        ("ผมต้องการเงินคืน", "th"),
    ],
)
def test_languages_are_told(text: str, expected: str) -> None:
    assert detect(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ok", "IBAN?", "Nike Air 42", "12345", "[PERSON_k7q2]", "hm", "👍", "PayPal"]
)
def test_short_texts_stay_open(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "The café in La Paz never got the décor I ordered, why?",
        "my name is Müller and I live in Düsseldorf, where is my parcel",
        "is der dress size an EU size or not",
        "can i pay with Klarna or do you take Sofortüberweisung?",
        "I was born in São Paulo and want to change my address",
    ],
)
def test_foreign_names_do_not_make_a_text_foreign(text: str) -> None:
    assert detect(text) in ("en", None)


@pytest.mark.parametrize("text", ["Quiero hablar", "Zabiję się", "ich brauche"])
def test_one_telling_word_is_enough_where_nothing_is_english(text: str) -> None:
    assert detect(text) not in ("en", None)


def test_placeholders_say_nothing() -> None:
    assert detect("[PERSON_k7q2] Ich habe kein Geld [ADDRESS_2a3b]") == "de"


def test_the_latest_message_that_tells_decides() -> None:
    said = ["Where is my parcel? I need it.", "Ich verstehe leider kein Englisch", "ok"]
    assert of_conversation(said) == "de"
    assert of_conversation(said[:1]) == "en"
    assert of_conversation(["ok", ""]) is None
    assert of_conversation([]) is None


def test_every_list_of_words_has_a_code() -> None:
    assert set(WORDS) == set(CODES)
    assert set(SAID) <= set(CODES.values())


@given(st.text())
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    found = detect(text)
    assert found is None or (found.isascii() and found.islower() and 2 <= len(found) <= 3)


@given(st.lists(st.text(alphabet="0123456789 .,-/:", max_size=20)))
def test_numbers_have_no_language(parts: list[str]) -> None:
    assert detect(" ".join(parts)) is None


@given(
    st.sampled_from(
        ["Ich habe meine Bestellung noch nicht bekommen", "Where is my order, I want it"]
    ),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.text(alphabet="!?. \n", max_size=10),
)
def test_case_and_marks_do_not_matter(text: str, case: Callable[[str], str], marks: str) -> None:
    assert detect(case(text) + marks) == detect(text)
