from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.language import english, unreadable

FOLDER = Path(__file__).parent / "languages"
"""Support answers, one a line, written for these tests; others.txt holds 18 more languages."""


def lines(name: str) -> list[str]:
    return (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", ["german", "spanish", "french", "swedish", "polish"])
def test_sentences_of_other_languages_are_noticed(name: str) -> None:
    slipped = [line for line in lines(name) if english(line)]
    assert len(slipped) <= 3  # a line of names and menu items tells no language
    assert all(len(line.split()) < 7 for line in slipped)


@pytest.mark.parametrize("line", lines("others"))
def test_less_usual_languages_are_noticed_too(line: str) -> None:
    assert unreadable(line)


@pytest.mark.parametrize("line", lines("english"))
def test_english_with_names_codes_and_loan_words_is_english(line: str) -> None:
    assert not unreadable(line)


@pytest.mark.parametrize(
    "text",
    [
        "You can return unused items within 30 days of delivery.",
        "- stopping a check: $25 per request",
        "YOU CAN RETURN UNUSED ITEMS WITHIN 30 DAYS.",
        "",
        " \n",
        "[PERSON_gy7w]",
        "4111",
    ],
)
def test_english_prose_is_readable(text: str) -> None:
    assert not unreadable(text)


def test_a_page_may_give_a_name_in_its_own_script() -> None:
    page = "Yara Shahidi (شهیدی, یارا سایه شهیدی), born in 2000, is an American actress and model."
    assert english(page)
    assert not english("شهیدی یک بازیگر آمریکایی است که در سال 2000 متولد شد. She acts.")


def test_shouting_is_read_as_well() -> None:
    assert unreadable("SIE KÖNNEN DIE WARE INNERHALB VON 30 TAGEN AN UNS ZURÜCKSENDEN.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("未使用の商品は配達後30日以内に返品できます。", "it is not written in Latin letters"),
        ("Вы можете вернуть товар в течение тридцати дней.", "it is not written in Latin letters"),
        ('{"refund": {"days": 30, "free": true}, "items": ["a", "b"]}', "it is data"),
        ('[{"days": 30}]', "it is code, a table or data"),
        ("| item | days |\n| --- | --- |\n| tent | 30 |", "it is code, a table or data"),
        ("if (x >= 3) { return [x] } else { y = {} }", "it is code, a table or data"),
        ("```python\nrefund_days = 30\n```", "it is code, a table or data"),
        ("Sie können alles zurücksenden.", "it is not in English"),
    ],
)
def test_the_cause_is_told(text: str, why: str) -> None:
    assert unreadable(text) == why


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(unreadable(text), str)
