import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.risk.sentiment import sentiment, shouting


@pytest.mark.parametrize("text", ["", "where is my order", "[PERSON_k7q2]", "order 12345"])
def test_neutral_text_is_zero(text: str) -> None:
    assert sentiment(text) == 0.0


@pytest.mark.parametrize("text", ["thank you", "great service", "not bad", "I love it :)", "👍"])
def test_good(text: str) -> None:
    assert sentiment(text) > 0


@pytest.mark.parametrize(
    "text",
    ["this is terrible", "not happy at all", "I don't like it", "bad :(", "WHERE IS MY ORDER"],
)
def test_bad(text: str) -> None:
    assert sentiment(text) < 0


def test_emphasis_adds() -> None:
    assert sentiment("this is bad!!!") < sentiment("this is bad!") < sentiment("this is bad")
    assert sentiment("very bad") < sentiment("bad")
    assert sentiment("THIS IS BAD") < sentiment("this is bad")
    assert sentiment("nice!") > sentiment("nice")


@pytest.mark.parametrize("text", ["OK", "I", "My TV has HDMI", "USB C", "[PERSON_K7Q2] A B C"])
def test_abbreviations_are_no_shouting(text: str) -> None:
    assert not shouting(text)


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_stays_in_range(text: str) -> None:
    assert -1 <= sentiment(text) <= 1


@given(st.sampled_from(["good", "bad", "where is it", "not great"]), st.integers(1, 30))
@settings(max_examples=20)
def test_repetition_never_turns_the_sign(text: str, times: int) -> None:
    once, often = sentiment(text), sentiment(". ".join(["x y z", *[text] * times]))
    assert once * often >= 0
