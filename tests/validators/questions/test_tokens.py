import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.questions.tokens import MAX_CHARS, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's my wife's PIN?", "what is my wife 's pin ."),
        ("I can\u2019t log in, it won't let me", "i can not log in . it will not let me"),
        ("dont u have a $5,000 limit", "do not you have a 5000 dollar limit"),
        ("\u00a350 or 50 \u20ac", "50 gbp or 50 euro"),
        ("5.00 is 5, 0.5 is not", "5 is 5 . 0.5 is not"),
        ("10gb 5k 3rd 6pm", "10 gb 5000 3rd 6 pm"),
        ("sign-in w/o a code", "login without a code"),
        ("ship to the US, tell us", "ship to the usa . tell us"),
        ("is it in the us", "is it in the usa"),
        ("kx20 & kx200", "kx20 and kx200"),
    ],
)
def test_plain_words(text: str, expected: str) -> None:
    assert " ".join(tokens(text)).replace("  ", " ") == expected


@given(st.text(max_size=300))
def test_any_text_splits_into_words_that_are_some(text: str) -> None:
    assert all(word and not word.isspace() for word in tokens(text))


def test_long_texts_are_cut() -> None:
    assert len(tokens("a " * MAX_CHARS)) <= MAX_CHARS
