"""E-mail addresses, written plainly or read out: "jo dot doe at example dot org"."""

import re
from collections.abc import Iterator

from validators.base import PiiSpan

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@\s?"
    r"(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}(?![\w-])"
)
_DOT = r"(?:\s?[\[({]\s?(?:dot|punkt|punto)\s?[\])}]\s?|[ _](?:dot|punkt|punto)[ _])"
_AT_MARKED = r"(?:\s?[\[({<]\s?(?:at|@|ät|arroba|arobase)\s?[\])}>]\s?|\s@\s?)"
_AT_SAID = r"[ _](?:at(?:\ssign|\ssymbol)?|ät|arroba|arobase|klammeraffe|snabel-?a)[ _]"
_PART = r"[^\W_][\w+-]{0,62}"
_NO_USER = (
    r"(?!(?:it|me|us|him|her|them|this|that|one|you|is|was|be|look|looking|buy|bought|found"
    r"|shop|shopping|here|there|and|or|only|order(?:s|ed)?|available|site)\b)"
)
_USER = rf"(?<![\w.+-]){_NO_USER}{_PART}(?:(?:{_DOT}|\.|\s(?:underscore|dash)\s){_PART}){{0,4}}"
_SPOKEN = re.compile(
    rf"(?:{_USER}{_AT_MARKED}{_PART}(?:(?:{_DOT}|\s?\.\s?){_PART}){{0,4}}"
    rf"(?:{_DOT}|\s?\.\s?)(?=[^\W\d_]){_PART}"
    rf"|{_USER}{_AT_SAID}{_PART}(?:\.{_PART}){{0,3}}(?:{_DOT}{_PART}){{1,5}}"
    rf"|(?:(?<=mail\s)|(?<=mail:\s)|(?<=mail\sis\s)|(?<=address\sis\s)|(?<=write\sto\s)){_USER}"
    rf"{_AT_SAID}{_PART}(?:\.{_PART}){{1,4}}"
    rf"|(?<![\w.+-]){_PART}(?:{_DOT}|\.){_PART}{_AT_SAID}{_PART}(?:\.{_PART}){{1,4}}"
    rf"|{_USER}{_AT_SAID}(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|live|aol|gmx|proton"
    rf"|protonmail|web)(?:\.|{_DOT})\w{{2,4}}(?:\.\w\w)?)(?!\w)",
    re.IGNORECASE,
)
# What was meant for one: jo@gmail,com, jo@@gmail.com, jo@gmail .com, jo@gmailcom, jo#gmail.com.
_MISTYPED = re.compile(
    r"(?<![\w.+-])[\w.!$%&'*+/=?^`{|}~-]{1,63}(?:@{1,3}(?=[^\W\d_])|[#€£](?=(?:gmail|hotmail|outlook"
    r"|yahoo|icloud|gmx)\.))[\w-]{2,63}(?:[.,][^\W\d_][\w-]{1,20})*(?:(?:\s\.|\.\s|,)(?:com|net|org"
    r"|info|co|de|se|uk)(?!\w))?(?![\w@])",
    re.IGNORECASE,
)
_HINT = re.compile(r"@|\b(?:at|ät|arroba|arobase|klammeraffe|snabel-?a)\b|_at_", re.IGNORECASE)


def find_emails(text: str) -> Iterator[PiiSpan]:
    """Yield e-mail addresses under any top-level domain."""
    whole: set[int] = set()
    if "@" in text:
        for match in _EMAIL.finditer(text):
            whole.add(match.start())
            yield PiiSpan(match.start(), match.end(), "EMAIL_ADDRESS", 1.0)
    if "@" in text or "#" in text:
        for match in _MISTYPED.finditer(text):
            if match.start() not in whole:
                yield PiiSpan(match.start(), match.end(), "EMAIL_ADDRESS", 0.85)
    if _HINT.search(text):
        for match in _SPOKEN.finditer(text):
            yield PiiSpan(match.start(), match.end(), "EMAIL_ADDRESS", 0.9)
