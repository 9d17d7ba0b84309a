"""Check digits of cards, bank accounts and national numbers.

Each function takes the bare characters (no separators) and returns whether they are a
well-formed number of that kind. None of them raises.
"""

from collections.abc import Callable, Mapping
from datetime import date

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VA", "VG"), 24),
    **dict.fromkeys(("AO", "CV", "LY", "MZ", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "LC": 32,
}
"""Length by country (ISO 13616 registry)."""


def iban_length(country: str) -> int | None:
    """Return the length of an IBAN of `country` (two capitals), None if it has none."""
    return _IBAN_LENGTHS.get(country)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - cross sum of two digits
    return total % 10 == 0


def iban(code: str) -> bool:
    """ISO 13616: length by country, remainder 1 of 97."""
    if len(code) != _IBAN_LENGTHS.get(code[:2]) or not code[2:4].isdecimal():
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def _is_date(day: str, month: str, year: str) -> bool:
    """Whether the two-digit parts are a date in some century."""
    for century in ("19", "20"):
        try:
            date(int(century + year), int(month), int(day))
        except ValueError:
            continue
        return True
    return False


def se_personnummer(digits: str) -> bool:
    """Swedish personal number, also a coordination number (day + 60)."""
    digits = digits[-10:]
    day = int(digits[4:6])
    plain = f"{day - 60 if day > 60 else day:02}"  # noqa: PLR2004 - see above
    return len(digits) == 10 and _is_date(plain, digits[2:4], digits[:2]) and luhn(digits)  # noqa: PLR2004 - fixed length


def fi_hetu(code: str) -> bool:
    """Finnish personal identity code: ddmmyy, century sign, number, check character."""
    if len(code) != 11 or not _is_date(code[:2], code[2:4], code[4:6]):  # noqa: PLR2004 - fixed length
        return False
    rest = int(code[:6] + code[7:10]) % 31
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[rest] == code[10].upper()


def dk_cpr(digits: str) -> bool:
    """Danish CPR number: a date and four digits; only those before 2007 have a check digit."""
    checked = _weighted(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    recent = int(digits[4:6]) in range(7, 30) and digits[6] in "456789"
    return _is_date(digits[:2], digits[2:4], digits[4:6]) and (checked or recent)


def no_fodselsnummer(digits: str) -> bool:
    """Norwegian birth number or D number (day + 40): two check digits modulo 11."""
    day = int(digits[:2])
    plain = f"{day - 40 if day > 40 else day:02}"  # noqa: PLR2004 - see above
    if not _is_date(plain, digits[2:4], digits[4:6]):
        return False
    first = _weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return first == second == 0


def pl_pesel(digits: str) -> bool:
    """Polish PESEL: the month carries the century."""
    month = f"{int(digits[2:4]) % 20:02}"
    check = -_weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10
    return _is_date(digits[4:6], month, digits[:2]) and check == int(digits[10])


def de_tax_id(digits: str) -> bool:
    """German tax identification number: ISO 7064 MOD 11,10, one digit repeated."""
    if digits[0] == "0" or len(set(digits[:10])) not in (8, 9):
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def de_id_card(code: str) -> bool:
    """German identity card: weights 7, 3, 1 over letters and digits."""
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(code[:9]))
    return total % 10 == int(code[9], 36)


def nl_bsn(digits: str) -> bool:
    """Dutch citizen service number: the "elfproef" with a negative last weight."""
    return _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def pt_nif(digits: str) -> bool:
    """Portuguese tax number of a person or company."""
    rest = _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return digits[0] in "1235689" + "4" and (0 if rest < 2 else 11 - rest) == int(digits[8])  # noqa: PLR2004 - remainders 0 and 1 give 0


def at_svnr(digits: str) -> bool:
    """Austrian social insurance number: serial, check digit, date of birth."""
    rest = _weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    return (
        digits[0] != "0"
        and rest == int(digits[3])
        and _is_date(digits[4:6], digits[6:8], digits[8:])
    )


def fr_nir(code: str) -> bool:
    """French NIR: 13 characters and a key modulo 97; Corsica counts as 19 and 18."""
    number = code[:13].upper().replace("2A", "19").replace("2B", "18")
    return number.isdecimal() and 97 - int(number) % 97 == int(code[13:])


def uk_nhs(digits: str) -> bool:
    """NHS number of England and Wales: modulo 11."""
    rest = -_weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return rest == int(digits[9])


def es_nif(code: str) -> bool:
    """Spanish DNI: the letter is the number modulo 23."""
    return _DNI[int(code[:8]) % 23] == code[8].upper()


def es_nie(code: str) -> bool:
    """Spanish NIE: X, Y, Z count as 0, 1, 2."""
    return es_nif("XYZ".index(code[0].upper()).__str__() + code[1:])


def be_national_number(digits: str) -> bool:
    """Belgian national number: 97 minus the remainder, with a leading 2 since 2000."""
    number, key = int(digits[:9]), int(digits[9:])
    return key in (97 - number % 97, 97 - (2_000_000_000 + number) % 97)


def ie_pps(code: str) -> bool:
    """Irish PPS number: weights 8 to 2, a second letter counts nine times."""
    code = code.upper()
    total = _weighted(code, (8, 7, 6, 5, 4, 3, 2))
    if len(code) == 9 and code[8] != "W":  # noqa: PLR2004 - seven digits and two letters
        total += 9 * (ord(code[8]) - 64)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == code[7]


_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)


def it_fiscal_code(code: str) -> bool:
    """Italian fiscal code: odd and even places have values of their own."""
    code = code.upper()
    total = 0
    for index, character in enumerate(code[:15]):
        value = int(character) if character.isdecimal() else ord(character) - 65
        total += _ODD[value] if index % 2 == 0 else value
    return chr(65 + total % 26) == code[15]


Check = Callable[[str], bool]
CHECKS: Mapping[str, Check] = {
    "AT_SVNR": at_svnr,
    "BE_NATIONAL_NUMBER": be_national_number,
    "DE_ID_CARD": de_id_card,
    "DE_TAX_ID": de_tax_id,
    "DK_CPR": dk_cpr,
    "ES_NIE": es_nie,
    "ES_NIF": es_nif,
    "FI_PERSONAL_IDENTITY_CODE": fi_hetu,
    "FR_NIR": fr_nir,
    "IE_PPS": ie_pps,
    "IT_FISCAL_CODE": it_fiscal_code,
    "NL_BSN": nl_bsn,
    "NO_FODSELSNUMMER": no_fodselsnummer,
    "PL_PESEL": pl_pesel,
    "PT_NIF": pt_nif,
    "SE_PERSONNUMMER": se_personnummer,
    "UK_NHS": uk_nhs,
}
