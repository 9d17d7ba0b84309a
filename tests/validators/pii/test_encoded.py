import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.encoded import find_encoded


def test_base64_and_hexadecimal_are_read_with_their_place() -> None:
    for code in (
        "am9obi5zbWl0aEBleGFtcGxlLmNvbQ==",
        "6a6f686e2e736d697468406578616d706c652e636f6d",
    ):
        text = f"mail {code} ok"
        assert list(find_encoded(text)) == [(5, 5 + len(code), "john.smith@example.com")]


@pytest.mark.parametrize(
    "text",
    [
        "internationalisation",
        "Donaudampfschifffahrt",
        "12345678901234567890",
        "TP-482913-AB",
        "https://example.org/a/b/c",
        "C02XG2JMJGH5",
    ],
)
def test_words_and_numbers_are_themselves(text: str) -> None:
    assert list(find_encoded(text)) == []


@settings(max_examples=60)
@given(st.text(st.characters(categories=["L", "N"]), min_size=16, max_size=60))
def test_what_was_encoded_is_found(text: str) -> None:
    code = base64.b64encode(text.encode()).decode()
    found = [inner for _, _, inner in find_encoded(f"x {code} y")]
    assert found in ([text], []) or text in found


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=60))
def test_any_string_is_taken(text: str) -> None:
    assert all(text[a:b] and inner for a, b, inner in find_encoded(text))
