"""Two questions that are written alike become one text; two that differ never do."""

import unicodedata

_SINGLE = "\u2018\u2019\u201a\u201b\u00b4\u02bc`"
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb"
_QUOTES = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"')})
_CLOSING = ".!?…。 "


def normalise(question: str) -> str:
    """Return the question in the form that a cache key holds.

    Unicode NFKC and case folding (Unicode Standard, annex 15 and section 3.13), single
    spaces, straight quotes, no punctuation at the end. Everything that carries meaning
    stays: digits, signs, currency, negation.
    """
    straight = question.translate(_QUOTES)
    # Twice: folding may leave a letter that normalises further.
    folded = _compatible(_folded(_compatible(_folded(_compatible(straight)))))
    spaced = " ".join(folded.translate(_QUOTES).split())
    return spaced.rstrip(_CLOSING) or spaced


def _compatible(text: str) -> str:
    """NFKC, but 10² stays apart from 102, and 1½ from 11/2."""
    kept = (
        c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in text
    )
    return unicodedata.normalize("NFC", "".join(kept))


def _folded(text: str) -> str:
    """Case folding that keeps ß: Maße and Masse are two words."""
    return "ß".join(part.casefold() for part in text.replace("ẞ", "ß").split("ß"))
