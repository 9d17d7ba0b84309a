import pytest

from validators.grounding.language import unreadable


@pytest.mark.parametrize(
    "text",
    [
        "You can return unused items within 30 days of delivery.",
        "Yes.",
        "Standard delivery takes 3 to 5 business days.",
        "- stopping a check: $25 per request",
        "",
    ],
)
def test_english_prose_is_readable(text: str) -> None:
    assert not unreadable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sie können unbenutzte Artikel innerhalb von 30 Tagen an uns zurücksenden.",
        "Vous pouvez retourner les articles dans un délai de trente jours.",
        "Puede devolver los artículos en un plazo de treinta días sin ningún coste.",
        "未使用の商品は配達後30日以内に返品できます。",
        "Вы можете вернуть товар в течение тридцати дней.",
        '{"refund": {"days": 30, "free": true}, "items": ["a", "b"]}',
        "| item | days |\n| --- | --- |\n| tent | 30 |",
        "if (x >= 3) { return [x] } else { y = {} }",
    ],
)
def test_other_languages_and_data_are_not(text: str) -> None:
    assert unreadable(text)
