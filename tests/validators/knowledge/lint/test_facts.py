from typing import Any

import pytest

from validators.knowledge.lint.facts import has_facts, praise, too_short, words_of
from validators.knowledge.lint.statements import read_units

PRAISE = (
    "Discover furniture that you will love. Our passion for wood makes every home beautiful. "
    "Enjoy the perfect chair and the quality that inspires."
)


@pytest.mark.parametrize(
    "text",
    [
        "A chair costs 30 EUR.",
        "Call us at +44 20 7946 0123 for anything.",
        "Orders must be paid in advance.",
        "You can send the chair back to the shop.",
        "1. Open your account\n2. Choose the order",
        "We do not ship on public holidays.",
    ],
)
def test_what_is_a_fact(make_page: Any, text: str) -> None:
    assert has_facts(read_units(make_page("T", text)))


@pytest.mark.parametrize("text", [PRAISE, "Wood and light and calm.", "Do you love wood?"])
def test_what_is_none(make_page: Any, text: str) -> None:
    assert not has_facts(read_units(make_page("T", text)))


def test_praise_and_length(make_page: Any) -> None:
    units = read_units(make_page("T", PRAISE))
    assert praise(units) == 1.0
    assert praise(()) == 0.0
    assert not too_short(units)
    assert too_short(read_units(make_page("T", "See below.")))
    assert words_of(()) == 0
