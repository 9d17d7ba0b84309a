"""Which language does a customer write? By function words and letters; short texts stay open.

Whether a text is English is told by `validators.grounding.language`, which reads answers in
the same way; this module names the other languages and carries the finding over a
conversation. After Grefenstette, "Comparing two language identification schemes", 1995.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from validators.grounding import lexicon
from validators.grounding.foreign import ALSO_ENGLISH, WORDS
from validators.grounding.language import english
from validators.intent.words import ends, without_placeholders
from validators.language_words import SAID
from validators.pii.lexicon import word_list

UNKNOWN = "und"
"""ISO 639-2 for a language that was not told: surely another than those known here."""
CODES: Mapping[str, str] = MappingProxyType(
    {
        "German": "de",
        "Spanish": "es",
        "French": "fr",
        "Swedish": "sv",
        "Polish": "pl",
        "Italian": "it",
        "Dutch": "nl",
        "Portuguese": "pt",
        "Danish or Norwegian": "da",
        "Finnish": "fi",
        "Czech": "cs",
        "Turkish": "tr",
        "Hungarian": "hu",
        "Romanian": "ro",
    }
)
_LETTERS = {
    "de": "äöüß",
    "es": "ñ¿¡áéíóú",
    "fr": "éèêëçàâîïôûùœ",
    "sv": "åäö",
    "pl": "ąćęłńóśźż",
    "it": "àèéìòù",
    "pt": "ãõçáâéêíóôú",
    "da": "æøå",
    "fi": "äö",
    "cs": "ěščřžýáíéúůťďň",
    "tr": "ğışçöü",
    "hu": "őűáéíóöúü",
    "ro": "ăâîșț",
}
_SCRIPTS = {
    "CYRILLIC": UNKNOWN,
    "GREEK": "el",
    "ARABIC": UNKNOWN,
    "HEBREW": "he",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": UNKNOWN,
    "THAI": "th",
    "DEVANAGARI": UNKNOWN,
}
"""Names of characters begin with that of their script; several languages share most."""
_MAX_CHARS = 4000
_WORD = re.compile(r"[^\W\d_]+")
_NOT_WORDS = re.compile(r"\bhttps?://\S+|\bwww\.\S+|\S+@\S+|\b\w*\d\w*\b")
_LATIN_END = "\u0250"
_OTHER_SCRIPT = 0.5
_ENOUGH = 2
"""Words of one language that settle it; one alone may be a name or a slip."""
_LETTER = 0.5
"""What a word with letters of a language counts beside its function words."""
_FOREIGN = frozenset[str]().union(*WORDS.values(), *SAID.values())
_ENGLISH = lexicon.STOP_WORDS | ALSO_ENGLISH
_SHARED = _FOREIGN & _ENGLISH
_KNOWN = {
    code: (WORDS[name] | SAID.get(code, frozenset())) - _SHARED for name, code in CODES.items()
}
_COMMON = word_list("common_words.txt")
_TELLING = frozenset[str]().union(*SAID.values()) - _ENGLISH - _COMMON


def detect(text: str) -> str | None:
    """Return the ISO 639 code of a text's language, `und` for one not known here.

    None if the text is too short to tell, as `ok`, `IBAN?` or a name are. Linear in the
    text, of which head and tail are read; placeholders say nothing.
    """
    words = _words(text)
    if (script := _other_script(words)) is not None:
        return script
    scores = _scores(words)
    best = max(scores.values(), default=0.0)
    if _foreign(text, words, best):
        leaders = [code for code, score in scores.items() if score == best]
        return leaders[0] if len(leaders) == 1 else _by_letters(words, leaders)
    ours = _english_words(words)
    return "en" if ours >= _ENOUGH and ours >= best else None


def maybe_english(text: str) -> bool:
    """Tell whether a text holds at least one word that only English has."""
    return _english_words(_words(text)) > 0


def of_conversation(texts: Sequence[str]) -> str | None:
    """Return the language of a customer's messages, oldest first: the latest that tells.

    A customer who changes the language is answered in the new one; `ok` changes nothing.
    """
    return next((found for text in reversed(texts) if (found := detect(text))), None)


def _words(text: str) -> list[str]:
    plain = _NOT_WORDS.sub(" ", without_placeholders(ends(text, _MAX_CHARS)))
    return _WORD.findall(unicodedata.normalize("NFC", plain).replace("\u2019", "'").lower())


def _english_words(words: Sequence[str]) -> int:
    return sum(word in lexicon.STOP_WORDS and word not in _SHARED for word in words)


def _foreign(text: str, words: Sequence[str], best: float) -> bool:
    """Tell whether a text is in a language whose words score `best`, and not in English."""
    if best >= _ENOUGH and not english(text):
        return True
    return not _TELLING.isdisjoint(words) and not any(map(_says_english, words))


def _says_english(word: str) -> bool:
    return word not in _FOREIGN and (word in _ENGLISH or word in _COMMON)


def _other_script(words: Sequence[str]) -> str | None:
    """Return the language or `und` of a text that is mostly not in Latin letters."""
    letters = [c for word in words for c in word]
    foreign = [c for c in letters if c > _LATIN_END]
    if not foreign or len(foreign) < _OTHER_SCRIPT * len(letters):
        return None
    found = [unicodedata.name(c, "").partition(" ")[0] for c in foreign]
    if {"HIRAGANA", "KATAKANA"} & set(found):
        return "ja"  # Japanese is written with Chinese characters too
    most = max(sorted(set(found)), key=found.count)
    return _SCRIPTS.get(most, UNKNOWN)


def _scores(words: Sequence[str]) -> dict[str, float]:
    """Count, per language, its function words and half for other words with its letters."""
    scores: dict[str, float] = {}
    for code, known in _KNOWN.items():
        own = _LETTERS.get(code, "")
        letters = sum(
            _LETTER for word in words if word not in _FOREIGN and any(c in own for c in word)
        )
        scores[code] = sum(1.0 for word in words if word in known) + letters
    return scores


def _by_letters(words: Sequence[str], leaders: Sequence[str]) -> str:
    """Tell languages with equally many function words apart by their letters."""
    counts = {
        code: sum(c in _LETTERS.get(code, "") for word in words for c in word) for code in leaders
    }
    best = max(counts.values())
    first = [code for code in leaders if counts[code] == best]
    return first[0] if len(first) == 1 else UNKNOWN
