import pytest

from validators.pii.national_forms import FORMS
from validators.pii.recognizers_national import find_national_ids

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


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("CH_AHV", "AHV-Nummer 756.9217.0769.85", "756.9217.0769.85"),
        ("CZ_RODNE_CISLO", "rodné číslo 710319/2745", "710319/2745"),
        ("RO_CNP", "cnp 1630615123457", "1630615123457"),
        ("BR_CPF", "cpf 390.533.447-05", "390.533.447-05"),
        ("IN_AADHAAR", "my aadhaar is 2341 2341 2346", "2341 2341 2346"),
        ("TR_NATIONAL_ID", "kimlik no 17291716060", "17291716060"),
        ("US_ITIN", "my ITIN is 912-90-3456", "912-90-3456"),
        ("GR_AMKA", "AMKA 01013099997", "01013099997"),
    ],
)
def test_plain_numbers_count_once_they_are_named(kind: str, text: str, code: str) -> None:
    assert (kind, code) in found(text)


def test_a_number_that_another_countrys_word_names_is_not_this_one() -> None:
    assert ("DK_CPR", "070761-4285") in found("number 070761-4285")
    assert ("DK_CPR", "070761-4285") not in found("my hetu is 070761-4285")


def test_each_market_is_on_only_where_asked() -> None:
    assert found("811228-9874 070761-4285", {"dk"}) == {("DK_CPR", "070761-4285")}
    assert found("811228-9874", set()) == set()
