import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.wire.escapes import Unescaped

NAME = re.compile("Anna Berg|Bo")


def hidden(text: str) -> str:
    plain = Unescaped.of(text)
    return plain.rewritten(NAME.sub("[PERSON_k7q2]", plain.shown))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"caf\u00e9", "café"),
        (r"\ud83d\ude00!", "😀!"),
        (r"a \"b\" c\/d\n\\u0041", 'a "b" c/d\nA'),
        (r"\u0000 \ud83d C:\new \d", r"\u0000 \ud83d C:" + "\new " + r"\d"),
        (r"C:\new \d", r"C:\new \d"),
    ],
)
def test_escapes_are_read(text: str, shown: str) -> None:
    assert Unescaped.of(text).shown == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"caf\u00e9 Anna\u0020Berg \"x\"", r"caf\u00e9 [PERSON_k7q2] \"x\""),
        (r"Bo\"Bo\"", r"[PERSON_k7q2]\"[PERSON_k7q2]\""),
        (r"\"Bo\u00e9Bo\u00e9", r"\"[PERSON_k7q2]\u00e9[PERSON_k7q2]\u00e9"),
        (r"no name, caf\u00e9", r"no name, caf\u00e9"),
        ("Bo and Bo", "[PERSON_k7q2] and [PERSON_k7q2]"),
    ],
)
def test_what_was_not_replaced_keeps_its_escapes(text: str, expected: str) -> None:
    assert hidden(text) == expected


def test_a_piece_of_a_split_value_may_vanish_at_the_beginning() -> None:
    plain = Unescaped.of(r"Berg\" and caf\u00e9")
    assert plain.rewritten('" and café') == r"\" and caf\u00e9"
    assert plain.rewritten('" and [PERSON_k7q2]') == r"\" and [PERSON_k7q2]"


def test_what_was_changed_otherwise_comes_back_as_it_is() -> None:
    plain = Unescaped.of(r"caf\u00e9 is open")
    assert plain.rewritten("tea [PERSON_k7q2] time") == "tea [PERSON_k7q2] time"
    assert plain.rewritten("") == ""


PIECES = st.sampled_from(
    [r"\u00e9", r"\"", "Anna Berg", r"Anna\u0020Berg", "Bo", " ", "x", r"\n", "\\", "/", r"\/"]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=10).map("".join))
def test_no_name_stays_and_the_rest_is_as_it_was(text: str) -> None:
    # With one escape that stays, all of them are read again.
    text = rf"\"{text}"
    plain = Unescaped.of(text)
    out = hidden(text)
    assert Unescaped.of(out).shown == NAME.sub("[PERSON_k7q2]", plain.shown)
    if not NAME.search(plain.shown):
        assert out == text
