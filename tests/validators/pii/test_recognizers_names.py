from collections.abc import Iterable

import pytest

from validators.base import PiiSpan
from validators.pii.lexicon import Lexicon
from validators.pii.recognizers_names import find_names_beside, find_said_names

LEXICON = Lexicon.shipped()


def texts(text: str, spans: Iterable[PiiSpan]) -> list[str]:
    return [text[s.start : s.end] for s in spans]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is rubija", "rubija"),
        ("My name is Rubija Fanucci and I ordered shoes", "Rubija Fanucci"),
        ("Hi, I'm Rubija Fanucci, where is it?", "Rubija Fanucci"),
        ("Thanks,\nRubija F.", "Rubija F"),
        ("please ask Mr. Ford about it", "Ford"),
        ("Dear Rubija,", "Rubija"),
        ("everyone calls me rubija", "rubija"),
        ("What is your name? rubija fanucci", "rubija fanucci"),
        ("i'm r. Fanucci and it is late", "r. Fanucci"),
    ],
)
def test_phrases_before_names(text: str, name: str) -> None:
    assert name in texts(text, find_said_names(text, LEXICON))


@pytest.mark.parametrize(
    "text",
    [
        "my name is wrong on the card",
        "The name is not correct",
        "I'm Happy with it",
        "Hi there, where is it?",
        "Dear Customer Service,",
        "MY NAME IS WRONG",
        "thanks",
    ],
)
def test_such_phrases_before_other_words(text: str) -> None:
    assert texts(text, find_said_names(text, LEXICON)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada, Rubija and Fanucci came", ["Rubija", "Fanucci"]),
        ("Rubija & Ada", ["Rubija"]),
        ("my son Rubija", ["Rubija"]),
        ("Rubija lives here", ["Rubija"]),
        ("I spoke to Rubija yesterday", ["Rubija"]),
        ("the parcel is addressed to: Rubija Fanucci", ["Rubija Fanucci"]),
        ("Rubija's husband ordered it", ["Rubija"]),
        ("add Rubija as a second user", ["Rubija"]),
        ("the Rubija model", []),
        ("Ada, Shipping and Fees", []),
    ],
)
def test_names_stand_beside_names(text: str, names: list[str]) -> None:
    at = text.find("Ada")
    known = [PiiSpan(at, at + 3, "PERSON", 0.8)] if at >= 0 else []
    assert sorted(texts(text, find_names_beside(text, known, LEXICON))) == sorted(names)
