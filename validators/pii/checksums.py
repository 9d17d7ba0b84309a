"""Check digits of cards, bank accounts and national numbers.

Each function takes the bare characters (no separators) and returns whether they are a
well-formed number of that kind. None of them raises. National numbers are python-stdnum's
work (https://arthurdejong.org/python-stdnum/), each by its country's own algorithm.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.be import bis, nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nif as fr_nif
from stdnum.fr import nir
from stdnum.gb import nhs, utr
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.in_ import aadhaar, pan
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.lt import asmens
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import cc as pt_cc
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.tr import tckimlik
from stdnum.us import itin, ssn
from stdnum.za import idnr as za_idnr

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
    # Else "is 2720 1045 ..." would be Icelandic once in 97 times.
    if code[:2] in _DIGITS_ONLY and not code[2:].isdecimal():
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


_DIGITS_ONLY_TEXT = "AT BA BE DE DK EE ES FI HR HU IS LT ME NO PL PT RS SE SI SK CZ"
_DIGITS_ONLY = frozenset(_DIGITS_ONLY_TEXT.split())
"""Countries whose account numbers hold no letters (ISO 13616 registry)."""

_COORDINATION = 60


def se_personnummer(number: str) -> bool:
    """Swedish personal number, also a coordination number (day + 60), 10 or 12 digits."""
    bare = number.replace("-", "").replace("+", "")
    if len(bare) not in (10, 12) or not (bare.isascii() and bare.isdecimal()):
        return False
    place = len(bare) - 6
    day = bare[place : place + 2]
    if int(day) <= _COORDINATION:
        return bool(personnummer.is_valid(number))
    born = f"{bare[:place]}{int(day) - _COORDINATION:02}"
    # The check digit is that of the number as written; the date must exist without the 60.
    return luhn(bare[-10:]) and any(
        personnummer.is_valid(f"{born}000{digit}") for digit in range(10)
    )


def dk_cpr(number: str) -> bool:
    """Danish CPR number: a date; those before 2007 also satisfy modulo 11."""
    recent = number[4:6] in _RECENT and number[6:7] in tuple("456789")
    return bool(cpr.is_valid(number)) and (cpr.checksum(number) == 0 or recent)


_RECENT = frozenset(f"{year:02}" for year in range(7, 37))


_ID_CARD = re.compile(r"[0-9A-Z]{9}\d")


def de_id_card(code: str) -> bool:
    """German identity card: weights 7, 3, 1 over letters and digits."""
    if not _ID_CARD.fullmatch(code):
        return False
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(code[:9]))
    return total % 10 == int(code[9])


Check = Callable[[str], bool]


def _by(*modules: Any) -> Check:  # noqa: ANN401 - python-stdnum's modules are untyped
    return lambda number: any(module.is_valid(number) for module in modules)


CHECKS: Mapping[str, Check] = {
    "AT_SVNR": _by(vnr),
    "AU_TFN": _by(tfn),
    "BE_NATIONAL_NUMBER": _by(nn, bis),
    "BG_EGN": _by(egn),
    "BR_CPF": _by(cpf),
    "CA_SIN": _by(sin),
    "CH_AHV": _by(ahv),
    "CZ_RODNE_CISLO": _by(rc),
    "DE_ID_CARD": de_id_card,
    "DE_TAX_ID": _by(idnr),
    "DK_CPR": dk_cpr,
    "EE_ISIKUKOOD": _by(ik),
    "ES_NIE": _by(nie),
    "ES_NIF": _by(dni),
    "FI_PERSONAL_IDENTITY_CODE": _by(hetu),
    "FR_NIR": _by(nir),
    "FR_TAX_ID": _by(fr_nif),
    "GR_AMKA": _by(amka),
    "HR_OIB": _by(oib),
    "IE_PPS": _by(pps),
    "IN_AADHAAR": _by(aadhaar),
    "IN_PAN": _by(pan),
    "IS_KENNITALA": _by(kennitala),
    "IT_FISCAL_CODE": _by(codicefiscale),
    "KR_RRN": _by(rrn),
    "LT_ASMENS_KODAS": _by(asmens),
    "MX_CURP": _by(curp),
    "NL_BSN": _by(bsn),
    "NO_FODSELSNUMMER": _by(fodselsnummer),
    "PL_PESEL": _by(pesel),
    "PT_CITIZEN_CARD": _by(pt_cc),
    "PT_NIF": _by(pt_nif),
    "RO_CNP": _by(cnp),
    "SE_PERSONNUMMER": se_personnummer,
    "SI_EMSO": _by(emso),
    "SK_RODNE_CISLO": _by(rc),
    "TR_NATIONAL_ID": _by(tckimlik),
    "UK_NHS": _by(nhs),
    "UK_UTR": _by(utr),
    "US_ITIN": _by(itin),
    "US_SSN": _by(ssn),
    "ZA_ID_NUMBER": _by(za_idnr),
}
