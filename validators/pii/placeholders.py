"""Placeholders: what stands in for a personal value, e.g. `[PERSON_k7q2]`.

The part after the type is base32 (RFC 4648, lower case) of an HMAC-SHA256, so the same
value has the same placeholder in every turn and process that holds the key, and without
the key nothing can be learned by trying values.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.turn import Vault

LENGTH = 4
"""Characters of the hash that are shown; more only where two values collide."""

TEXT = "TEXT"
"""Type of a piece of raw text that merely looks like a placeholder."""

_TYPE_NAMES = """
    PERSON ADDRESS LOCATION PHONE_NUMBER EMAIL_ADDRESS CREDIT_CARD IBAN_CODE BANK_ACCOUNT
    IP_ADDRESS DATE_OF_BIRTH PASSPORT US_SSN US_ITIN US_DRIVER_LICENSE NATIONAL_ID TEXT
    AT_SVNR AU_TFN BE_NATIONAL_NUMBER BG_EGN BR_CPF CA_SIN CH_AHV CZ_RODNE_CISLO DE_ID_CARD
    DE_SOCIAL_SECURITY DE_TAX_ID DK_CPR EE_ISIKUKOOD ES_NIE ES_NIF FI_PERSONAL_IDENTITY_CODE
    FR_NIR FR_TAX_ID GR_AMKA HR_OIB IE_PPS IN_AADHAAR IN_PAN IS_KENNITALA IT_FISCAL_CODE KR_RRN
    LT_ASMENS_KODAS MX_CURP NL_BSN NO_FODSELSNUMMER PL_PESEL PT_CITIZEN_CARD PT_NIF RO_CNP
    SE_PERSONNUMMER SG_NRIC_FIN SI_EMSO SK_RODNE_CISLO TH_TNIN TR_NATIONAL_ID UK_NHS UK_NINO
    UK_UTR ZA_ID_NUMBER
"""
TYPES = frozenset(_TYPE_NAMES.split())
"""Every type that a placeholder of ours may carry."""

_WORDED = frozenset({"PERSON", "ADDRESS", "LOCATION", "EMAIL_ADDRESS", "IP_ADDRESS"})
_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_RUN = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z](?:[A-Za-z0-9_]|\\(?=_))*")
_HASH = re.compile(r"[a-z2-7]{4,}")
_WRITTEN = re.compile(rf"\[({_KIND.pattern})_({_HASH.pattern})\]")
_PAIRS = {"[": "]", "<": ">", "{": "}"}
_WINDOWS = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece of text that has the form of a placeholder."""

    start: int
    end: int
    name: str
    """Folded: lower case, no brackets, e.g. `person_k7q2`."""


def fold(written: str) -> str:
    """Return the name of a placeholder however it is written: case and brackets don't count."""
    return written.strip("[]<>{}").replace("\\_", "_").lower()


def mentions(text: str) -> Iterator[Mention]:
    """Yield everything in `text` that has the form of a placeholder, of any type.

    Brackets belong to it if they are of one kind and on both sides. At least one of the
    first four characters of the hash is a digit, so `person_name` is no placeholder.
    """
    if "_" not in text:
        return
    for run in _RUN.finditer(text):
        name = fold(run.group())
        code = name.rpartition("_")[2]
        if "_" in name and _HASH.fullmatch(code) and _has_digit(code[:LENGTH]):
            yield Mention(*_with_brackets(text, run.start(), run.end()), name)


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    width = 0
    close = _PAIRS.get(text[start - 1]) if start else None
    # Ours have square brackets: further ones are the text's own, and stay.
    most = 1 if close == "]" else 2
    while close and width < most and start - width > 0 and end + width < len(text):
        if text[start - width - 1] != text[start - 1] or text[end + width] != close:
            break
        width += 1
    return start - width, end + width


def look_alikes(text: str, kinds: frozenset[str] = TYPES) -> list[tuple[int, int]]:
    """Return the spans of raw text that could be restored as somebody's value."""
    return [(m.start, m.end) for m in mentions(text) if m.name.rpartition("_")[0].upper() in kinds]


def type_of(placeholder: str) -> str | None:
    """Return the type that a placeholder names; None if it has not the form that we give out."""
    found = _WRITTEN.fullmatch(placeholder)
    return found[1] if found else None


def canonical(kind: str, value: str) -> str:
    """Return the form of `value` that decides whether two spellings are the same value.

    Names and addresses ignore case and the width of spaces; numbers also ignore
    separators. Text that only looks like a placeholder is compared as it is.
    """
    if kind == TEXT:
        return value
    folded = unicodedata.normalize("NFKC", value).casefold()
    folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    if kind not in _WORDED and (bare := "".join(c for c in folded if c.isalnum())):
        return bare
    return " ".join(folded.split())


class PlaceholderBook:
    """Gives out the placeholders of one conversation and remembers what they stand for."""

    def __init__(
        self,
        key: bytes,
        tenant: str,
        conversation_id: str | None,
        known: Mapping[str, str] | None = None,
    ) -> None:
        """`key` is secret and at least 16 bytes long; raises `ValueError` otherwise.

        `known` was given out in earlier turns: those values keep their placeholders, and
        no other value gets one of them.
        """
        if len(key) < 16:  # noqa: PLR2004 - 128 bits
            msg = "the placeholder key must be at least 16 bytes long"
            raise ValueError(msg)
        self._key = key
        self._context = (tenant, conversation_id)
        self._given: dict[tuple[str, str], str] = {}
        self._codes: dict[str, _Codes] = {}
        self._values: dict[str, str] = {}
        self._known = dict(known or {})
        for written, value in self._known.items():
            self._learn(written, value)

    def _learn(self, written: str, value: str) -> None:
        if (found := _WRITTEN.fullmatch(written)) is None:
            return
        kind, code = found.groups()
        self._given[kind, canonical(kind, value)] = written
        self._codes.setdefault(kind, _Codes()).add(code)

    def placeholder(self, kind: str, value: str) -> str:
        """Return the placeholder of `value`; raises `ValueError` if `kind` is no type name.

        Of several spellings of one value the first is what will be restored.
        """
        if not _KIND.fullmatch(kind):
            msg = "the type of a personal value must be in upper case"
            raise ValueError(msg)
        identity = (kind, canonical(kind, value))
        if identity not in self._given:
            taken = self._codes.setdefault(kind, _Codes())
            code = next(c for c in self._candidates(*identity) if not taken.collide_with(c))
            taken.add(code)
            self._given[identity] = f"[{kind}_{code}]"
        written = self._given[identity]
        self._values.setdefault(written, self._known.get(written, value))
        return written

    def vault(self) -> Vault:
        """Return what the placeholders asked for so far stand for."""
        return Vault(self._values)

    def _candidates(self, kind: str, value: str) -> Iterator[str]:
        """Yield ever longer codes of the value, the same ones in every process."""
        length = LENGTH
        for salt in range(1_000_000):
            message = json.dumps([*self._context, kind, value, salt]).encode()
            digest = hmac.new(self._key, message, hashlib.sha256).digest()
            letters = b32encode(digest).decode().lower()
            for start in range(_WINDOWS):
                if _has_digit(letters[start : start + LENGTH]):
                    yield letters[start : start + length]
                    length += 1
                    break


def _has_digit(code: str) -> bool:
    return not code.isalpha()


class _Codes:
    """Codes of which none is the beginning of another: a cut one must not be somebody else's."""

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._beginnings: set[str] = set()

    def add(self, code: str) -> None:
        self._codes.add(code)
        self._beginnings.update(code[:end] for end in range(LENGTH, len(code) + 1))

    def collide_with(self, code: str) -> bool:
        return code in self._beginnings or any(
            code[:end] in self._codes for end in range(LENGTH, len(code))
        )
