import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.fragments import bare, cut, introduces, turned
from validators.grounding.reading import Reading


@pytest.mark.parametrize(
    "text",
    [
        "If",
        "The Card",
        "You can",
        "They're",
        "In the case of a business with",
        "This fee is not free, and you'll need to",
        "The Gold Card is a card that allows you",
    ],
)
def test_a_sentence_that_breaks_off_is_cut(text: str) -> None:
    assert cut(text, listed=False)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("You can.", False),
        ("Yes, you can", False),
        ("30 days", False),
        ("Refunds", False),
        ("The passport", True),
        ("Unused items can be returned within 30 days", False),
        ("It costs:", False),
    ],
)
def test_what_is_whole_is_not_cut(text: str, *, listed: bool) -> None:
    assert not cut(text, listed=listed)


def test_a_lead_in_adds_no_fact() -> None:
    known = Reading("Which business cards raise the rate?").concepts
    assert introduces("The business cards that raise the rate are:", known)
    assert introduces("Some of the key features include:", known)
    assert not introduces("The gold cards that raise the rate are:", known)
    assert not introduces("Three cards cost $5:", known)
    assert not introduces("The business cards raise the rate.", known)
    assert not introduces("Absolutely, the business cards raise the rate:", known)


@pytest.mark.parametrize(
    ("reply", "stated"),
    [
        ("Yes, you can.", "Can I swap it"),
        ("Absolutely.", "Can I swap it"),
        ("No.", "not Can I swap it"),
        ("You can't.", "not Can I swap it"),
    ],
)
def test_a_bare_reply_states_what_was_asked(reply: str, stated: str) -> None:
    assert turned("I bought a car. Can I swap it?", reply) == stated


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_taken(text: str, reply: str) -> None:
    assert isinstance(cut(text, listed=False), bool)
    assert turned(text, reply).removeprefix("not ") in text
    assert not introduces(text + ".", frozenset())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, that's correct.", True),
        ("It isn't so.", True),
        ("That's right, it costs $5.", False),
        ("That's fine.", False),
    ],
)
def test_a_reply_that_only_affirms_is_bare(text: str, *, expected: bool) -> None:
    assert bare(text) is expected
