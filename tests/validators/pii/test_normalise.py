from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.normalise import normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("\uff14\uff15\uff13\uff19", "4539"),
        ("j\u200bo\u200bhn", "john"),
        ("john\u00ad@example.com", "john@example.com"),
        ("j\u043ehn@\u0435\u0445\u0430m\u0440l\u0435.\u0441\u043em", "john@example.com"),
        ("\U0001d423\U0001d428\U0001d421\U0001d427", "john"),
        ("a&#64;b", "a@b"),
        ("Jose\u0301", "José"),
        ("Привет Анна", "Привет Анна"),
        ("plain text", "plain text"),
        ("x\ud800y", "x\ufffdy"),
    ],
)
def test_disguises_are_undone(written: str, plain: str) -> None:
    assert normalise(written).text == plain


def test_spans_lead_back_to_the_original() -> None:
    text = "mail j\u200bo@x&#46;org now"
    plain = normalise(text)
    start = plain.text.index("jo@")
    begin, end = plain.span(start, start + len("jo@x.org"))
    assert text[begin:end] == "j\u200bo@x&#46;org"


@settings(max_examples=150)
@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_string_maps_back_in_order(text: str) -> None:
    plain = normalise(text)
    spans = [plain.span(i, i + 1) for i in range(len(plain.text))]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(x[0] <= y[0] for x, y in pairwise(spans))
    plain.text.encode()
