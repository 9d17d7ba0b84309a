"""Can the rules read this text? They know English prose only.

A language is told by its function words, as in stop-word identification (Grefenstette 1995,
"Comparing two language identification schemes"): they are few, frequent and hardly ever names.
"""

import re
from collections.abc import Sequence

from validators.grounding import lexicon
from validators.grounding.foreign import ALSO_ENGLISH, BORROWED, WORDS
from validators.pii.lexicon import word_list

_WORD = re.compile(r"[^\W\d_]+")
_CONTRACTED = re.compile(r"\b([^\W\d_]+)['\u2019](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_NOT_PROSE = re.compile(
    r"\[[A-Za-z][A-Za-z_]*_[a-z2-7]+\]|\b(?:https?://|www\.)\S+|\S+@\S+|\b\w+(?:\.\w+)+\b|\b\w*\d\w*\b"
)
_CODE = re.compile(
    r"^\s*[A-Za-z_][\w.]*\s*[:+-]?=[^=\n]+;\s*$|\b[A-Za-z]\w*_\w+\s*[:+-]?=\s", re.MULTILINE
)
_SYMBOLS = frozenset("{}[]<>=;|\\`")
_DATA = re.compile(r"\s*[{\[][^{}\[\]]*\":.*[}\]]\s*", re.DOTALL)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ROW = re.compile(r"\s*\|.*\|\s*")
_MAX_SYMBOL_SHARE = 0.06
_MIN_LATIN_SHARE = 0.8
_LATIN_END = "\u0250"
_ACCENTED = "\u00c0"
_OURS, _HALF, _FAINT = 1.0, 0.5, 0.25
_MIN_FOREIGN_SHARE = 0.12
_MIN_WORDS = 5
_MIN_ENGLISH_SHARE = 0.2
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "able", "ment", "ments", "ness", "al")
_MIN_STEM = 3
_ENGLISH_WORDS = """i'm isn't cannot can't don't doesn't won't i'll you'll we'll you're we're it's
    online email app refund refunds parcel invoice eligible applicable business website delivery
    reimbursement subscription upgrade checkout login username support policy policies fee fees"""
_ENGLISH = (
    word_list("common_words.txt")
    | lexicon.STOP_WORDS
    | frozenset(lexicon.GLUE_WORDS.split())
    | frozenset(word for row in lexicon.SYNONYMS for word in row.split())
    | frozenset(_ENGLISH_WORDS.split())
)
_ANY_FOREIGN = frozenset[str]().union(*WORDS.values())
_SHARED = _ANY_FOREIGN & (lexicon.STOP_WORDS | ALSO_ENGLISH)
NOT_ENGLISH = "it is not in English"


def unreadable(text: str) -> str:
    """Return why the rules cannot judge `text`, or nothing if they can."""
    if not _latin(text, _MIN_LATIN_SHARE):
        return "it is not written in Latin letters"
    if _DATA.fullmatch(text):
        return "it is data"
    if _CODE.search(text):
        return "it is code, a table or data"
    if _FENCE.match(text) or sum(c in _SYMBOLS for c in text) > _MAX_SYMBOL_SHARE * len(text) + 2:
        return "it is code, a table or data"
    return "" if english(text) else NOT_ENGLISH


def english(text: str) -> bool:
    """Tell whether a text is in English, or too short and too full of names to tell.

    Linear in its length. Placeholders, addresses and codes with digits say nothing.
    """
    if not _latin(text, _HALF):
        return False  # less strict: an English page may give a name in its own script
    words = _words(text)
    ours, theirs = _english_weight(words), _foreign_weight(words)
    if theirs > ours and theirs >= max(1.0, _MIN_FOREIGN_SHARE * len(words)):
        return False
    plain = [word for word in words if word.islower()]
    known = sum(map(_is_english, plain))
    return len(plain) < _MIN_WORDS or known >= _MIN_ENGLISH_SHARE * len(plain)


def _latin(text: str, share: float) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(c < _LATIN_END for c in letters) >= share * len(letters)


def _words(text: str) -> list[str]:
    """Return the words that can tell a language: no names like `El Paso`, no codes."""
    plain = _CONTRACTED.sub(r"\1", _NOT_PROSE.sub(" ", text))
    found = _WORD.findall(plain)
    if plain.isupper() and len(found) >= _MIN_WORDS:
        return [word.lower() for word in found]
    return [w for n, w in enumerate(found) if not _opens_name(found, n) and not _code(w, n)]


def _code(word: str, at: int) -> bool:
    """Tell whether capitals stand for something: a size, a country, a roman number."""
    return word.isupper() and (len(word) > 1 or at > 0)


def _opens_name(words: Sequence[str], at: int) -> bool:
    """Tell whether a small capitalised word belongs to the name after it: La Paz."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return words[at].istitle() and following.istitle() and words[at].lower() in _ANY_FOREIGN


def _english_weight(words: Sequence[str]) -> float:
    """Weigh the words of English; a word that looks like a name weighs nothing."""
    return sum(
        _OURS if word.lower() in lexicon.STOP_WORDS and word.lower() not in _SHARED else _HALF
        for n, word in enumerate(words)
        if (n == 0 or word.islower()) and _is_english(word)
    )


def _foreign_weight(words: Sequence[str]) -> float:
    """Weigh the words of the other language that has most of them."""
    counts: dict[str, float] = {}
    accented = 0.0
    for word in words:
        low = word.lower()
        weight = _FAINT if low in _SHARED else _OURS
        for name, known in WORDS.items():
            if low in known:
                counts[name] = counts.get(name, 0.0) + weight
        if low not in _ANY_FOREIGN and low == word and _ACCENTED <= max(word) < _LATIN_END:
            accented += low not in BORROWED
    return max(counts.values(), default=0.0) + accented


def _is_english(word: str) -> bool:
    low = word.lower()
    if low in _ANY_FOREIGN:
        return low in _SHARED
    return low in _ENGLISH or any(
        low.endswith(end)
        and len(stem := low[: -len(end)]) >= _MIN_STEM
        and (stem in _ENGLISH or f"{stem}e" in _ENGLISH or _other_stem(stem) in _ENGLISH)
        for end in _ENDINGS
    )


def _other_stem(stem: str) -> str:
    """Undo a doubled letter (stopp-ed) or the i of a y (carri-ed)."""
    if stem[-1] == "i":
        return f"{stem[:-1]}y"
    return stem[:-1] if stem[-1] == stem[-2] else stem
