import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.checksums import CHECKS, iban, iban_length, luhn

# Published specimens, one per kind.
VALID = {
    "AT_SVNR": "1237010180",
    "BE_NATIONAL_NUMBER": "85073003328",
    "DE_ID_CARD": "T220001293",
    "DE_TAX_ID": "86095742719",
    "DK_CPR": "0707614285",
    "ES_NIE": "X1234567L",
    "ES_NIF": "12345678Z",
    "FI_PERSONAL_IDENTITY_CODE": "131052-308T",
    "FR_NIR": "255081416802538",
    "IE_PPS": "1234567T",
    "IT_FISCAL_CODE": "RSSMRA85T10A562S",
    "NL_BSN": "111222333",
    "NO_FODSELSNUMMER": "13097248022",
    "PL_PESEL": "44051401359",
    "PT_NIF": "123456789",
    "SE_PERSONNUMMER": "8112289874",
    "UK_NHS": "9434765919",
}


def test_every_check_has_a_specimen() -> None:
    assert set(VALID) == set(CHECKS)


@pytest.mark.parametrize("kind", sorted(VALID))
def test_the_specimen_passes(kind: str) -> None:
    assert CHECKS[kind](VALID[kind])


@pytest.mark.parametrize("kind", sorted(VALID))
def test_a_changed_last_character_fails(kind: str) -> None:
    code = VALID[kind]
    others = "0123456789" if code[-1].isdecimal() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    passing = [c for c in others if CHECKS[kind](code[:-1] + c)]
    # The last places of an Austrian number are the year, which has no check digit behind it.
    assert code[-1] in passing
    assert len(passing) <= 2


@settings(max_examples=50)
@given(st.integers(10**12, 10**18), st.data())
def test_luhn_notices_one_wrong_digit(number: int, data: st.DataObject) -> None:
    digits = next(f"{number}{d}" for d in range(10) if luhn(f"{number}{d}"))
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert not luhn(digits[:place] + other + digits[place + 1 :])


@pytest.mark.parametrize(
    "code", ["DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947"]
)
def test_ibans(code: str) -> None:
    assert iban(code)
    assert not iban(code[:-1] + str((int(code[-1]) + 1) % 10))
    assert not iban(code + "0")


def test_a_country_without_ibans_has_no_length() -> None:
    assert iban_length("US") is None
    assert not iban("US89370400440532013000")
