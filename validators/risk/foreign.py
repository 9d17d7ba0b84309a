"""Risks by phrase in languages other than English: what calls for a person at once or soon."""

import re
import tomllib
import unicodedata
from importlib.resources import files

from policies.policy import Risk
from validators.intent.words import ends, without_placeholders

_MAX_CHARS = 20_000
"""What of one message is searched: head and tail."""
_SPELT_OUT = {"ä": "(?:a|ae)", "ö": "(?:o|oe)", "ü": "(?:u|ue)", "ß": "(?:ss|s)", "ø": "o"}
_LETTERS = str.maketrans({"ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d"})
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_END = re.compile(r"[.!?\u2026;:\n]+")
_OTHER = re.compile(r"[^\w.]+|_+")
_SPACES = re.compile(r"\s+")


class ForeignPatterns:
    """The phrases of German, Swedish, Spanish, French and Polish.

    All are looked for in every text: a short message does not tell its language, and
    customers mix them.
    """

    def __init__(self) -> None:
        """Read and compile the phrases that come with this package."""
        text = files("validators.risk").joinpath("foreign.toml").read_text(encoding="utf-8")
        self._labels = {
            code: {Risk(name): _compile(patterns) for name, patterns in labels.items()}
            for code, labels in tomllib.loads(text).items()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639 codes of the languages that have phrases."""
        return tuple(self._labels)

    def find(self, text: str, language: str | None = None) -> frozenset[Risk]:
        """Return the labels whose phrases a customer's text holds.

        `language` narrows the search; None looks for all. Linear in the text, of which head
        and tail are read.
        """
        words = folded(ends(text, _MAX_CHARS))
        return frozenset(
            risk
            for code, labels in self._labels.items()
            if language in (None, code)
            for risk, phrases in labels.items()
            if phrases.search(words)
        )


def folded(text: str) -> str:
    """Return the words that the phrases are written for.

    Lower case without accents; placeholders and apostrophes dropped; sentences separated
    by ` . `, all else by single spaces.
    """
    plain = unicodedata.normalize("NFKD", without_placeholders(text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LETTERS)
    plain = _SENTENCE_END.sub(" . ", _STRETCHED.sub(r"\1", plain))
    return _SPACES.sub(" ", _OTHER.sub(" ", plain)).strip(" .")


def _compile(patterns: list[str]) -> re.Pattern[str]:
    joined = "|".join(map(_pattern, patterns))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


def _pattern(written: str) -> str:
    """Fold the accented letters of a pattern as those of a text are."""
    spelt = "".join(_SPELT_OUT.get(c, c) for c in unicodedata.normalize("NFC", written))
    plain = unicodedata.normalize("NFKD", spelt).translate(_LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c))
