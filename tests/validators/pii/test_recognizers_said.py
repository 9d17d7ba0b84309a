import pytest

from validators.pii.recognizers_said import SAID_TYPES, find_said


def found(text: str) -> set[tuple[str, str]]:
    return {(s.type, text[s.start : s.end]) for s in find_said(text)}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("I was born on 12/03/1985.", "DATE_OF_BIRTH", "12/03/1985"),
        ("date of birth: 3rd of March 1985", "DATE_OF_BIRTH", "3rd of March 1985"),
        ("please change my dob to 14.03.1987", "DATE_OF_BIRTH", "14.03.1987"),
        ("geboren am 24.12.1975 in Wien", "DATE_OF_BIRTH", "24.12.1975"),
        ("DOB March 3, 1985", "DATE_OF_BIRTH", "March 3, 1985"),
        ("my account number is 31926819", "BANK_ACCOUNT", "31926819"),
        (
            "sort code 60-16-13 account 31926819",
            "BANK_ACCOUNT",
            "sort code 60-16-13 account 31926819",
        ),
        ("passport no. X1234567", "PASSPORT", "X1234567"),
        ("my driver's license number is F162-8235-4011", "US_DRIVER_LICENSE", "F162-8235-4011"),
    ],
)
def test_the_words_before_say_what_it_is(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)
    assert kind in SAID_TYPES


@pytest.mark.parametrize(
    "text",
    [
        "delivered on 12/03/2025",
        "my account is locked",
        "passport required",
        "I opened the account in 2019",
        "order 31926819",
    ],
)
def test_without_such_words_nothing(text: str) -> None:
    assert found(text) == set()
