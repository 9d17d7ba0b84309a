"""How national identity numbers are written, and what is said before them."""

import re
from dataclasses import dataclass

SURE, LIKELY, WEAK, NEVER = 0.95, 0.85, 0.6, 0.0
"""Scores: named right before; distinctive; plain but with a check digit; too plain to count."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one number is written and what is said before it."""

    market: str
    """ISO 3166 code in lower case."""
    type: str
    pattern: re.Pattern[str]
    own: re.Pattern[str]
    """The number's own name: nobody calls another number so."""
    context: re.Pattern[str]
    """Its own name, and words that it shares with the numbers of other countries."""
    alone: float
    """Score without such words."""


def _form(type_: str, pattern: str, own: str, shared: str, alone: float) -> Form:
    market = {"uk": "gb"}.get(type_[:2].lower(), type_[:2].lower())
    return Form(
        market,
        type_,
        re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE | re.ASCII),
        re.compile(rf"\b(?:{own})", re.IGNORECASE),
        re.compile(rf"\b(?:{own}|{shared})" if shared else rf"\b(?:{own})", re.IGNORECASE),
        alone,
    )


_TAX = r"tax|\btin\b|fiscal"
_PERSONAL = r"personal (?:id|code|number)|identity|national id|id number|citizen"
_BORN = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"

FORMS = (
    _form(
        "SE_PERSONNUMMER",
        r"(?:19|20)?\d{6}[-+]?\d{4}",
        "personnummer|samordning",
        rf"{_PERSONAL}|pnr|person",
        LIKELY,
    ),
    _form(
        "FI_PERSONAL_IDENTITY_CODE",
        r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]",
        "henkil|hetu|personbeteckning",
        f"{_PERSONAL}|person",
        LIKELY,
    ),
    _form("DK_CPR", r"\d{6}-?\d{4}", "cpr", f"personnummer|{_PERSONAL}", LIKELY),
    _form(
        "NO_FODSELSNUMMER",
        r"\d{6} ?\d{5}",
        "f[oø]dselsn|d-nummer",
        f"person|birth number|{_PERSONAL}",
        LIKELY,
    ),
    _form("IS_KENNITALA", r"\d{6}-?\d{4}", "kennitala|kt\\.", _PERSONAL, NEVER),
    _form("PL_PESEL", r"\d{11}", "pesel", _PERSONAL, LIKELY),
    _form("DE_TAX_ID", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "steuer|idnr|identifikationsn", _TAX, WEAK),
    _form(
        "DE_ID_CARD",
        r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d",
        "personalausweis|ausweis",
        "id card|identity card",
        WEAK,
    ),
    _form("NL_BSN", r"\d{9}|\d{4}[. ]\d{2}[. ]\d{3}", "bsn|burgerservice|sofi", _PERSONAL, WEAK),
    _form("PT_NIF", r"\d{3} ?\d{3} ?\d{3}", "nif|contribuinte", _TAX, WEAK),
    _form(
        "PT_CITIZEN_CARD",
        r"\d{8} ?\d ?[A-Z0-9]{2}\d",
        "cart[aã]o de cidad[aã]o",
        "citizen card|cc",
        NEVER,
    ),
    _form(
        "AT_SVNR",
        r"\d{4}[- ]?\d{6}",
        "sozialvers|sv-?n|svnr",
        "versicherung|social|insurance",
        LIKELY,
    ),
    _form(
        "FR_NIR",
        r"[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
        "s[eé]curit[eé] sociale|s[eé]cu|nir",
        "social",
        LIKELY,
    ),
    _form(
        "FR_TAX_ID",
        r"[0-3]\d ?\d\d ?\d{3} ?\d{3} ?\d{3}",
        "num[eé]ro fiscal|spi",
        _TAX,
        NEVER,
    ),
    _form("UK_NHS", r"\d{3}([- ]?)\d{3}\1\d{4}", "nhs", "health", 0.7),
    _form(
        "UK_NINO",
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        r"([ -]?)\d\d\1\d\d\1\d\d\1[A-D]",
        "national ins|nino|ni n",
        "insurance",
        LIKELY,
    ),
    _form("UK_UTR", r"\d{5} ?\d{5}K?", "utr|unique taxpayer", "", NEVER),
    _form("ES_NIF", r"\d{8}-?[A-Z]", "dni|nif", _PERSONAL, LIKELY),
    _form("ES_NIE", r"[XYZ]-?\d{7}-?[A-Z]", "nie", _PERSONAL, LIKELY),
    _form(
        "BE_NATIONAL_NUMBER",
        r"\d\d[. ]?\d\d[. ]?\d\d[- ]?\d{3}[. ]?\d\d",
        "rijksreg|niss|insz|registre national",
        f"national (?:number|register)|{_PERSONAL}",
        WEAK,
    ),
    _form("IE_PPS", r"\d{7}[A-W][A-IW]?", "pps", "", LIKELY),
    _form(
        "IT_FISCAL_CODE",
        r"[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]",
        "codice fiscale",
        _TAX,
        LIKELY,
    ),
    _form("CH_AHV", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", "ahv|avs", "social", LIKELY),
    _form(
        "CZ_RODNE_CISLO", r"\d{6}/\d{3,4}|\d{9,10}", "rodn[eé]|r\\.č|birth number", _PERSONAL, NEVER
    ),
    _form(
        "SK_RODNE_CISLO", r"\d{6}/\d{3,4}|\d{9,10}", "rodn[eé]|r\\.č|birth number", _PERSONAL, NEVER
    ),
    _form("RO_CNP", r"[1-8]\d{12}", "cnp|cod numeric", _PERSONAL, LIKELY),
    _form("BG_EGN", r"\d{10}", "egn|егн", _PERSONAL, NEVER),
    _form("HR_OIB", r"\d{11}", "oib", f"{_PERSONAL}|{_TAX}", NEVER),
    _form("SI_EMSO", r"\d{13}", "emšo|emso", _PERSONAL, LIKELY),
    _form("LT_ASMENS_KODAS", rf"[3-6]{_BORN}\d{{4}}", "asmens", _PERSONAL, WEAK),
    _form("EE_ISIKUKOOD", rf"[1-8]{_BORN}\d{{4}}", "isikukood", _PERSONAL, WEAK),
    _form("GR_AMKA", r"\d{11}", "amka|αμκα", "social", NEVER),
    _form(
        "TR_NATIONAL_ID", r"[1-9]\d{10}", "tckn|kimlik|t\\.?c\\.? (?:no|kimlik)", _PERSONAL, WEAK
    ),
    _form("US_ITIN", r"9\d\d([- ])\d\d\1\d{4}|9\d{8}", "itin", "taxpayer", NEVER),
    _form("CA_SIN", r"\d{3}([- ])\d{3}\1\d{3}|\d{9}", "sin|social insurance", "", NEVER),
    _form("AU_TFN", r"\d{3} ?\d{3} ?\d{3}", "tfn|tax file", "", NEVER),
    _form("BR_CPF", r"\d{3}\.\d{3}\.\d{3}-\d\d|\d{11}", "cpf", _TAX, WEAK),
    _form("MX_CURP", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", "curp", _PERSONAL, LIKELY),
    _form("IN_AADHAAR", r"[2-9]\d{3}([ -]?)\d{4}\1\d{4}", "aadhaa?r|uidai", _PERSONAL, NEVER),
    _form("IN_PAN", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", "pan", "permanent account", WEAK),
    _form("KR_RRN", r"\d{6}-[1-8]\d{6}", "rrn|resident registration", _PERSONAL, LIKELY),
    _form("ZA_ID_NUMBER", rf"{_BORN}\d{{4}}[01]\d\d", "south african id", _PERSONAL, WEAK),
)
"""All of them; `checksums.CHECKS` tells the valid ones."""

ALL_MARKETS = tuple(sorted({form.market.upper() for form in FORMS} | {"CH", "NO", "IE", "US"}))
"""ISO 3166 codes of every market with a form, and of those that matter for phones alone."""
