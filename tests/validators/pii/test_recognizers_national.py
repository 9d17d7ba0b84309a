import pytest

from validators.pii.recognizers_national import FORMS, find_national_ids

ALL = {form.market for form in FORMS}


def found(text: str, markets: set[str] = ALL) -> set[tuple[str, str]]:
    return {(s.type, text[s.start : s.end]) for s in find_national_ids(text, markets)}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("SE_PERSONNUMMER", "811228-9874"),
        ("FI_PERSONAL_IDENTITY_CODE", "131052-308T"),
        ("DK_CPR", "070761-4285"),
        ("NO_FODSELSNUMMER", "130972 48022"),
        ("PL_PESEL", "44051401359"),
        ("DE_TAX_ID", "86 095 742 719"),
        ("DE_ID_CARD", "T220001293"),
        ("NL_BSN", "111222333"),
        ("PT_NIF", "123456789"),
        ("AT_SVNR", "1237 010180"),
        ("FR_NIR", "2 55 08 14 168 025 38"),
        ("UK_NHS", "943 476 5919"),
        ("UK_NINO", "AB 12 34 56 C"),
        ("ES_NIF", "12345678Z"),
        ("ES_NIE", "X1234567L"),
        ("BE_NATIONAL_NUMBER", "85.07.30-033.28"),
        ("IE_PPS", "1234567T"),
        ("IT_FISCAL_CODE", "RSSMRA85T10A562S"),
    ],
)
def test_every_form_is_found(kind: str, code: str) -> None:
    assert (kind, code) in found(f"Hello, {code} thanks")
    assert not any(k == kind for k, _ in found(f"Hello, {code} thanks", ALL - {market(kind)}))


def market(kind: str) -> str:
    return next(form.market for form in FORMS if form.type == kind)


@pytest.mark.parametrize(
    "text",
    [
        "811228-9875",
        "44051401358",
        "12345678A",
        "AB-482913",
        "BG 12 34 56 C",
        "order number 111222333",
    ],
)
def test_wrong_check_digits_and_order_numbers(text: str) -> None:
    assert found(text) == set()


def test_its_name_before_a_number_outweighs_other_words() -> None:
    assert ("NL_BSN", "111222333") in found("for my order: bsn 111222333")
