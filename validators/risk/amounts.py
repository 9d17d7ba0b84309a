"""Amounts of money in a customer's text. A bare number is not money."""

# ruff: noqa: SIM905 - a list of words reads better as text

import re
import unicodedata

from policies.policy import Money
from validators.intent.words import ends, without_placeholders

UNKNOWN_CURRENCY = "XXX"
"""ISO 4217 for no currency: "two grand" is surely money, in whatever is used there."""

_MAX_CHARS = 20_000
_SYMBOLS = {
    "€": "EUR", "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD",
    "nz$": "NZD", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₴": "UAH",
}  # fmt: skip
_WORDS = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "dollar": "USD", "dollars": "USD", "usd": "USD",
    "buck": "USD", "bucks": "USD", "pound": "GBP", "pounds": "GBP", "gbp": "GBP", "quid": "GBP",
    "quids": "GBP", "sterling": "GBP", "sek": "SEK", "kr": "SEK", "kronor": "SEK", "krona": "SEK",
    "nok": "NOK", "kroner": "NOK", "krone": "NOK", "dkk": "DKK", "pln": "PLN", "zł": "PLN",
    "zl": "PLN", "zloty": "PLN", "zlotys": "PLN", "złoty": "PLN", "złotych": "PLN",
    "zlotych": "PLN", "chf": "CHF", "franc": "CHF", "francs": "CHF", "franken": "CHF",
    "czk": "CZK", "huf": "HUF", "cad": "CAD", "aud": "AUD", "yen": "JPY", "rupees": "INR",
    "grand": UNKNOWN_CURRENCY,
}  # fmt: skip
_CODES = ("JPY", "INR", "TRY", "RON", "BGN", "NZD", "CNY", "BRL", "ZAR", "MXN", "ISK", "UAH", "AED")
"""Written in capitals only: some are everyday words otherwise."""

_ONES = {
    word: value
    for value, word in enumerate(
        """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen
        """.split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        """
        twenty thirty forty fifty sixty seventy eighty ninety
        """.split(),
        start=2,
    )
}
_SCALES = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6}
_SHORT = {"k": 1000.0, "grand": 1000.0, "m": 1e6, "mio": 1e6, **_SCALES}
_GRAND = 1000.0

_SPACE = "[ \u00a0\u202f]"
_DIGITS = (
    rf"(?:\d{{1,3}}(?:(?:\.\d{{3}})+|(?:,\d{{3}})+|(?:['\u2019]\d{{3}})+|(?:{_SPACE}\d{{3}})+)"
    r"(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,12}(?:[.,]\d{1,2}(?!\d))?)"
)
_NUMERALS = "|".join([*_ONES, *_TENS, *_SCALES])
_SPELLED = rf"(?:an? )?(?:{_NUMERALS})(?:(?: and |[ -])(?:{_NUMERALS})){{0,12}}"
_SIGN = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_NAME = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_CODE = "|".join(_CODES)
_ANY_CASE = "eur|usd|gbp|sek|nok|dkk|pln|chf|czk|huf|cad|aud"
_BEFORE = rf"(?:(?P<sign>(?i:{_SIGN}))|(?<!\w)(?P<code>(?i:{_ANY_CASE})|{_CODE}))"
_AFTER = rf"(?:(?P<sign_after>(?i:{_SIGN}))|(?P<word>(?i:{_NAME})|{_CODE})(?!\w))"
_TIMES = rf"(?:{_SPACE}?(?P<{{}}>(?i:k|m|mio|hundred|thousand|million|grand))(?!\w))?"
_AMOUNT = re.compile(
    rf"{_BEFORE}{_SPACE}?(?P<first>{_DIGITS})(?![\d]){_TIMES.format('times')}"
    rf"|(?<![\w.,])(?P<second>{_DIGITS})(?:[.,]-)?{_TIMES.format('times_after')}{_SPACE}?-?{_AFTER}"
    rf"|(?<!\w)(?P<spelled>(?i:{_SPELLED}|an?(?= grand)|half a(?= grand)))[ -]"
    rf"(?P<spelled_word>(?i:{_NAME})|{_CODE})(?!\w)"
)
_GROUPED = re.compile(r"(?<=\d)[.,'\u2019 \u00a0\u202f](?=\d{3}(?!\d))")
_WEIGHT = re.compile(r"(?i)\bweigh\w*(?: \w+){0,2} $")


def amounts(text: str) -> tuple[Money, ...]:
    """Return the amounts with a currency in `text`, in order, as they are written.

    Reads symbols (`€20`, `20 €`), codes (`EUR 20`), words (`20 quid`, `two hundred
    euros`), and both decimal marks: `1.234,56` and `1,234.56` are the same, and a single
    mark before exactly three digits groups thousands. `kr` is SEK and `$` is USD where
    nothing tells more.
    """
    text = unicodedata.normalize("NFC", without_placeholders(ends(text, _MAX_CHARS)))
    found = (_money(hit, text) for hit in _AMOUNT.finditer(text))
    return tuple(money for money in found if money is not None)


def _money(hit: re.Match[str], text: str) -> Money | None:
    unit = next(
        hit[name]
        for name in ("sign", "code", "sign_after", "word", "spelled_word")
        if hit[name] is not None
    ).casefold()
    if unit in ("pound", "pounds") and _WEIGHT.search(text[: hit.start()]):
        return None
    currency = _SYMBOLS.get(unit) or _WORDS.get(unit) or unit.upper()
    digits = hit["first"] or hit["second"]
    value = _spelled_value(hit["spelled"]) if digits is None else _digits_value(digits)
    value *= _SHORT.get((hit["times"] or hit["times_after"] or "").casefold(), 1.0)
    if unit == "grand":
        value *= _GRAND
    return Money(round(value, 2), currency)


def _digits_value(written: str) -> float:
    """Drop thousands separators; what separates one or two last digits is the decimal mark."""
    return float(_GROUPED.sub("", written).replace(",", "."))


def _spelled_value(written: str) -> float:
    total, group = 0.0, 0.0
    words = re.split(r"[ -]", written.casefold())
    for word in words:
        if word in _ONES or word in _TENS:
            group += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            group = (group or 1.0) * _SCALES[word]
        elif word in _SCALES:
            total, group = total + (group or 1.0) * _SCALES[word], 0.0
    if total + group == 0 and "zero" not in words:
        return 0.5 if words[0] == "half" else 1.0
    return total + group
