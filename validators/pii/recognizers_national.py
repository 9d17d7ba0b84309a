"""National identity numbers, by form, check digit and the words before them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from validators.base import PiiSpan
from validators.pii.checksums import CHECKS
from validators.pii.context import contradicted, words_before

_BARE = re.compile(r"[\W_]+")
SURE, LIKELY, BARE = 0.95, 0.85, 0.6


@dataclass(frozen=True, slots=True)
class Form:
    """How one number is written and what is said before it."""

    market: str
    """ISO 3166 code in lower case."""
    type: str
    pattern: re.Pattern[str]
    context: re.Pattern[str]
    alone: float
    """Score without such words; 0 if the number is too plain to stand alone."""


def _form(type_: str, pattern: str, context: str, alone: float) -> Form:
    market = {"uk": "gb"}.get(type_[:2].lower(), type_[:2].lower())
    return Form(
        market,
        type_,
        re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE | re.ASCII),
        re.compile(rf"\b(?:{context})", re.IGNORECASE),
        alone,
    )


_NUMBERED = (
    _form("SE_PERSONNUMMER", r"(?:19|20)?\d{6}[-+]?\d{4}", "person|samordn|identity|pnr", LIKELY),
    _form(
        "FI_PERSONAL_IDENTITY_CODE", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", "henkil|hetu|person", LIKELY
    ),
    _form("DK_CPR", r"\d{6}-?\d{4}", "cpr|personnummer", LIKELY),
    _form("NO_FODSELSNUMMER", r"\d{6} ?\d{5}", r"f[oø]dsel|person|d-nummer", LIKELY),
    _form("PL_PESEL", r"\d{11}", "pesel", LIKELY),
    _form("DE_TAX_ID", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "tax|steuer|idnr|identifik|tin", BARE),
    _form(
        "DE_ID_CARD",
        r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d",
        "ausweis|id card|perso",
        BARE,
    ),
    _form("NL_BSN", r"\d{9}", "bsn|burgerservice|sofi", BARE),
    _form("PT_NIF", r"\d{3} ?\d{3} ?\d{3}", "nif|contribuinte|fiscal|tax", BARE),
    _form("AT_SVNR", r"\d{4}[- ]?\d{6}", "sozialvers|sv-?n|svnr|versicherung", LIKELY),
    _form(
        "FR_NIR",
        r"[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
        "s[eé]cu|nir|social",
        LIKELY,
    ),
    _form("UK_NHS", r"\d{3}([- ]?)\d{3}\1\d{4}", "nhs|health", 0.7),
    _form("ES_NIF", r"\d{8}-?[A-Z]", "dni|nif", LIKELY),
    _form("ES_NIE", r"[XYZ]-?\d{7}-?[A-Z]", "nie", LIKELY),
    _form(
        "BE_NATIONAL_NUMBER",
        r"\d\d[. ]?\d\d[. ]?\d\d[- ]?\d{3}[. ]?\d\d",
        "rijksreg|national|niss",
        BARE,
    ),
    _form("IE_PPS", r"\d{7}[A-W][A-IW]?", "pps", LIKELY),
    _form(
        "IT_FISCAL_CODE", r"[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z]", "codice|fiscal", LIKELY
    ),
)
_NINO = _form(
    "UK_NINO",
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
    "national ins|nino|ni num",
    LIKELY,
)
FORMS = (*_NUMBERED, _NINO)


def find_national_ids(text: str, markets: Collection[str]) -> Iterator[PiiSpan]:
    """Yield the numbers of the given markets (ISO 3166, lower case)."""
    for form in FORMS:
        if form.market in markets:
            yield from _find(form, text)


def _find(form: Form, text: str) -> Iterator[PiiSpan]:
    for match in form.pattern.finditer(text):
        bare = _BARE.sub("", match.group())
        code = match.group() if form.type.startswith("FI_") else bare
        check = CHECKS.get(form.type)
        if check and not check(code):
            continue
        if form.context.search(words_before(text, match.start())):
            score = SURE
        elif contradicted(text, match.start(), match.end()):
            continue
        else:
            score = form.alone
        yield PiiSpan(match.start(), match.end(), form.type, score)
