import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.policy import Risk
from validators.risk.foreign import ForeignPatterns, folded

PHRASINGS = Path(__file__).parent / "phrasings_foreign.jsonl"
ROWS = [json.loads(line) for line in PHRASINGS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def patterns() -> ForeignPatterns:
    return ForeignPatterns()


def test_the_shipped_policy_s_languages_are_there(patterns: ForeignPatterns) -> None:
    assert set(patterns.languages) == {"de", "sv", "es", "fr", "pl"}


@pytest.mark.parametrize("language", ["de", "sv", "es", "fr", "pl"])
@pytest.mark.parametrize(
    "risk", [Risk.SELF_HARM, Risk.LEGAL_THREAT, Risk.FRAUD_CLAIM, Risk.ASKS_FOR_HUMAN]
)
def test_most_phrasings_are_found(patterns: ForeignPatterns, language: str, risk: Risk) -> None:
    texts = [r["text"] for r in ROWS if (r["locale"], r["label"]) == (language, risk.value)]
    missed = [text for text in texts if risk not in patterns.find(text)]
    assert len(texts) >= 8
    assert len(missed) <= len(texts) * 0.25, missed


@pytest.mark.parametrize(
    "text",
    [
        "Wann kommt meine Bestellung an?",
        "Welche Größe soll ich nehmen?",
        "När kommer mitt paket?",
        "Har ni den här jackan i blått?",
        "¿Cuándo llega mi pedido?",
        "¿Tienen esta chaqueta en azul?",
        "Quand mon colis arrive-t-il ?",
        "Avez-vous cette veste en bleu ?",
        "Kiedy dotrze moja paczka?",
        "Czy ta kurtka jest dostępna w kolorze niebieskim?",
    ],
)
def test_everyday_questions_show_no_risk(patterns: ForeignPatterns, text: str) -> None:
    assert patterns.find(text) == frozenset()


@pytest.mark.parametrize(
    ("typed", "risk"),
    [
        ("ICH MOECHTE STERBEN", Risk.SELF_HARM),
        ("nie chce zyc", Risk.SELF_HARM),
        ("j'ai saisi mon avocat", Risk.LEGAL_THREAT),
        ("jag vill do", Risk.SELF_HARM),
    ],
)
def test_keyboards_without_accents_are_understood(
    patterns: ForeignPatterns, typed: str, risk: Risk
) -> None:
    assert risk in patterns.find(typed)


def test_a_language_narrows_the_search(patterns: ForeignPatterns) -> None:
    assert Risk.LEGAL_THREAT in patterns.find("Mein Anwalt meldet sich", "de")
    assert Risk.LEGAL_THREAT not in patterns.find("Mein Anwalt meldet sich", "pl")


def test_a_placeholder_is_no_word(patterns: ForeignPatterns) -> None:
    assert patterns.find("[PERSON_k7q2] [ADDRESS_2a3b]") == frozenset()


@given(st.text())
def test_folding_gives_words_and_full_stops_only(text: str) -> None:
    words = folded(text)
    assert words == words.strip(" .")
    assert "  " not in words
    assert not set(words) & set("!?;:'\n\t")


@given(st.text(max_size=200), st.sampled_from([r for r in ROWS if r["text"].count(" ") > 1]))
def test_what_stands_around_a_phrase_does_not_hide_it(
    patterns: ForeignPatterns, text: str, row: dict[str, str]
) -> None:
    alone = patterns.find(row["text"])
    assert alone <= patterns.find(f"{text} . {row['text']} . {text}")
