"""Numbers and codes that name a person or an account: cards, IBANs, addresses of machines."""

import ipaddress
import re
from collections.abc import Iterator

from validators.base import PiiSpan
from validators.pii.checksums import CHECKS, iban, iban_length, luhn
from validators.pii.context import contradicted, words_before

_GAP = r"[ \t\n\u00a0.\-]{0,3}"
_DIGITS = re.compile(rf"(?<![\w.])\d(?:{_GAP}\d){{11,40}}(?!\w)", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)
_ISSUER = re.compile(r"3[0-9]|4|5[0-9]|6[0-9]|2[2-7]|1800|2131|2014|2149")
_OLD = ("2014", "2131", "2149")
_CARD_WORDS = re.compile(
    r"\b(?:card|cc|amex|visa|mastercard|maestro|debit|credit)\b", re.IGNORECASE
)
_IBAN = re.compile(
    rf"(?<![^\W_])(?=([A-Z][ .]?[A-Z](?:{_GAP}\d){{2}}(?:{_GAP}[A-Z0-9]){{11,30}}))",
    re.IGNORECASE | re.ASCII,
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)", re.ASCII)
_IPV6 = re.compile(
    r"(?<![\w:])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{3,39}(?![\w:])", re.IGNORECASE | re.ASCII
)
_VERSION = re.compile(r"\b(?:version|ver|v|release|build|firmware)[\s.:]*$", re.IGNORECASE)
_BETWEEN = r"[ \t\u00a0]?(?:[-.]|[ \t\n\u00a0])[ \t\n\u00a0]{0,2}"
_SSN = re.compile(
    rf"(?<![\w-])(?!000|666|9)\d{{3}}{_BETWEEN}(?!00)\d\d{_BETWEEN}"
    r"(?!0000)\d{4}(?![\w-])",
    re.ASCII,
)
_NO_DIGIT = re.compile(r"\D+", re.ASCII)
_PLAIN_SSN = re.compile(
    r"\b(?:ssn|social(?:\s+security)?(?:\s+(?:number|no))?)\b\W{0,3}(?:(?:is|was)\W{1,3}"
    rf"|:\s*)?(\d(?:{_GAP}\d){{8}})(?!\w)",
    re.IGNORECASE | re.ASCII,
)


def find_cards(text: str) -> Iterator[PiiSpan]:
    """Yield card numbers in any usual grouping: issuer prefix, length and Luhn."""
    for run in _DIGITS.finditer(text):
        groups = list(_GROUP.finditer(run.group()))
        first = 0
        while first < len(groups):
            last = _card_from(groups, first, text, run.start())
            if last is None:
                first += 1
                continue
            start, end = groups[first].start(), groups[last].end()
            yield PiiSpan(run.start() + start, run.start() + end, "CREDIT_CARD", 1.0)
            first = last + 1


def _card_from(groups: list[re.Match[str]], first: int, text: str, offset: int) -> int | None:
    digits, best = "", None
    for index in range(first, len(groups)):
        digits += groups[index].group()
        if len(digits) > 19:  # noqa: PLR2004 - longest number by ISO/IEC 7812
            break
        whole = first == 0 and index == len(groups) - 1
        if (whole or len(digits) in (15, 16)) and _is_card(
            digits, text, offset + groups[first].start()
        ):
            best = index
    return best


def _is_card(digits: str, text: str, start: int) -> bool:
    if len(digits) < 12 or not _ISSUER.match(digits) or not luhn(digits):  # noqa: PLR2004 - shortest Maestro
        return False
    # Fifteen digits from 2 on: only a scheme of old; else it is a French or another number.
    if len(digits) == 15 and digits[0] == "2" and not digits.startswith(_OLD):  # noqa: PLR2004
        return False
    usual = len(digits) in (15, 16) or (len(digits) in (13, 18, 19) and digits[0] in "456")
    return usual or bool(_CARD_WORDS.search(words_before(text, start)))


def find_ibans(text: str) -> Iterator[PiiSpan]:
    """Yield IBANs by country, length and check digits, also with words right behind."""
    for match in _IBAN.finditer(text):
        places = [i for i, c in enumerate(match.group(1)) if c.isalnum()]
        code = "".join(match.group(1)[i] for i in places).upper()
        length = iban_length(code[:2])
        if length is None or len(code) < length or not iban(code[:length]):
            continue
        end = match.start() + places[length - 1] + 1
        if not text[end : end + 1].isalnum():
            yield PiiSpan(match.start(), end, "IBAN_CODE", 1.0)


def find_ip_addresses(text: str) -> Iterator[PiiSpan]:
    """Yield IPv4 and IPv6 addresses; a version number is none."""
    for match in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        if match.group() != "::" and not _VERSION.search(words_before(text, match.start())):
            yield PiiSpan(match.start(), match.end(), "IP_ADDRESS", 0.95)


def find_ssns(text: str) -> Iterator[PiiSpan]:
    """Yield US social security numbers: grouped, or plain after the words for it."""
    for match in _SSN.finditer(text):
        issued = CHECKS["US_SSN"](_NO_DIGIT.sub("", match.group()))
        if issued and not contradicted(text, match.start(), match.end()):
            # Dashes are its very own form, whatever the words before call it.
            score = 0.97 if match.group().count("-") == 2 else 0.85  # noqa: PLR2004
            yield PiiSpan(match.start(), match.end(), "US_SSN", score)
    for match in _PLAIN_SSN.finditer(text):
        yield PiiSpan(match.start(1), match.end(1), "US_SSN", 0.95)
